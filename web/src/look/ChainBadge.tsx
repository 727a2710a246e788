import { IconBook2, IconBooks } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import styles from "./ChainBadge.module.css";
import type { ChainName } from "./sides.ts";

const icons = { storage: IconBook2, shared: IconBooks } as const;

/** Names a chain by icon and word. */
export function ChainBadge({ chain }: { chain: ChainName }) {
  const words = useWords().look;
  const Icon = icons[chain];
  return (
    <span className={styles.badge} data-chain={chain}>
      <Icon size={16} aria-hidden />
      {words.chains[chain]}
    </span>
  );
}
