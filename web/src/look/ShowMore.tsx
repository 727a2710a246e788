/** A long list, some at a time: ten thousand lines at once would stop the page. */
import { Button } from "@mantine/core";
import { Fragment, type ReactNode, useState } from "react";
import { useWords } from "../words/useWords.ts";

export interface ShowMoreProps<T> {
  items: readonly T[];
  keyOf: (item: T) => string | number;
  /** One line. */
  children: (item: T) => ReactNode;
  /** How many at a time; 20 unless told. */
  size?: number;
  /** Goes around the lines, such as a `ul`. */
  list: (lines: ReactNode) => ReactNode;
}

export function ShowMore<T>({ items, keyOf, children, size = 20, list }: ShowMoreProps<T>) {
  const words = useWords().look.split;
  const [shown, setShown] = useState(size);
  const rest = items.length - shown;
  return (
    <>
      {list(items.slice(0, shown).map((item) => <Fragment key={keyOf(item)}>{children(item)}</Fragment>))}
      {rest > 0 && (
        <Button variant="default" onClick={() => setShown(shown + size)}>
          {words.showMore(Math.min(size, rest))}
        </Button>
      )}
    </>
  );
}
