/** A long list, some at a time: ten thousand lines at once would stop the page. */
import { Button } from "@mantine/core";
import { Fragment, type ReactNode, useState } from "react";
import { useWords } from "../words/useWords.ts";

/** The first of them, more at each press of `more`; it is null once all are there. `about` is what the list is of: another begins anew. */
export function useSome<T>(
  items: readonly T[],
  size = 20,
  about = "",
): { some: readonly T[]; more: ReactNode } {
  const words = useWords().look.split;
  const [wanted, setWanted] = useState({ about, count: size });
  const count = wanted.about === about ? wanted.count : size;
  const rest = items.length - count;
  const more =
    rest > 0 ? (
      <Button variant="default" onClick={() => setWanted({ about, count: count + size })}>
        {words.showMore(Math.min(size, rest))}
      </Button>
    ) : null;
  return { some: items.slice(0, count), more };
}

export interface ShowMoreProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string | number;
  /** One line. */
  children: (item: T) => ReactNode;
  /** How many at a time; 20 unless told. */
  size?: number;
  /** As of `useSome`. */
  about?: string;
  /** Goes around the lines, such as a `ul`. */
  list: (lines: ReactNode) => ReactNode;
}

export function ShowMore<T>({ items, keyOf, children, size, about, list }: ShowMoreProps<T>) {
  const { some, more } = useSome(items, size, about);
  return (
    <>
      {list(some.map((item) => <Fragment key={keyOf(item)}>{children(item)}</Fragment>))}
      {more}
    </>
  );
}
