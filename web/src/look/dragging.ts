/** How cards are dragged between the two sides. */
import {
  type CollisionDetection,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  PointerSensor,
  pointerWithin,
  rectIntersection,
  useSensor,
  useSensors,
} from "@dnd-kit/core";

const arrows = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Any arrow key goes to the other side: there are two. */
const toOtherSide: KeyboardCoordinateGetter = (event, { context }) => {
  if (!arrows.has(event.code)) return undefined;
  event.preventDefault();
  const now = context.over?.id;
  const target = [...context.droppableRects].find(([id]) => id !== now);
  return target && { x: target[1].left, y: target[1].top };
};

/** Where the pointer is; for keyboards, where the card is. */
export const findSide: CollisionDetection = (from) => {
  const under = pointerWithin(from);
  return under.length > 0 ? under : rectIntersection(from);
};

/** Pointer and keyboard; a click that doesn't move is no drag. */
export function useSideSensors() {
  return useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 6 } }),
    useSensor(KeyboardSensor, { coordinateGetter: toOtherSide }),
  );
}
