import { IconLock, IconUsers } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import styles from "./SideBadge.module.css";
import type { Side } from "./sides.ts";

/** The icon of a side, wherever one is shown: a lock, or people. */
export const sideIcons = { private: IconLock, shared: IconUsers } as const;

/** Names a side by word, icon, colour and pattern. */
export function SideBadge({ side }: { side: Side }) {
  const words = useWords().look;
  const Icon = sideIcons[side];
  return (
    <span className={styles.badge} data-side={side}>
      <Icon size={16} aria-hidden />
      {words.sideShort[side]}
    </span>
  );
}
