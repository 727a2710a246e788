import type { Active, Announcements, Over } from "@dnd-kit/core";
import { useMemo, useRef } from "react";
import { useWords } from "../words/useWords.ts";
import { isolate } from "./isolate.ts";
import type { Side } from "./sides.ts";

const labelOf = (active: Active) => isolate(String(active.data.current?.label ?? ""));
const sideOf = (active: Active) => active.data.current?.side as Side;
const under = (over: Over | null) => (over?.id ?? undefined) as Side | undefined;

/** What a screen reader hears while a card is dragged. */
export function useMoveAnnouncements(): Announcements {
  const words = useWords().look.split;
  const left = useRef(false);
  return useMemo(
    () => ({
      onDragStart: ({ active }) => {
        left.current = false;
        return words.pickedUp(labelOf(active), sideOf(active));
      },
      onDragOver: ({ active, over }) => {
        const side = under(over);
        // At first it lies over its own side: that would only talk over "picked up".
        if (!left.current && side === sideOf(active)) return undefined;
        left.current = true;
        return side ? words.over(labelOf(active), side) : words.overNothing(labelOf(active));
      },
      onDragEnd: ({ active, over }) => {
        const side = under(over);
        if (!side || side === sideOf(active)) return words.stayed(labelOf(active));
        // What is asked first is told when it has moved.
        return active.data.current?.asks === true ? undefined : words.dropped(labelOf(active), side);
      },
      onDragCancel: ({ active }) => words.stayed(labelOf(active)),
    }),
    [words],
  );
}
