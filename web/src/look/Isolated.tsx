import styles from "./Isolated.module.css";
import { withoutReordering } from "./isolate.ts";

export interface IsolatedProps {
  children: string;
  /** For identifiers: a type in which 0 and O differ. */
  mono?: boolean;
}

/** A text that comes from a record, a chain or a person: in its own direction, wrapped however long, never markup. */
export function Isolated({ children, mono = false }: IsolatedProps) {
  return <bdi className={mono ? styles.mono : styles.plain}>{withoutReordering(children)}</bdi>;
}
