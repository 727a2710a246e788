/** Says, as long as the wallet asks for something, what it asks, on which chain, and why. */
import { WalletAsk } from "../look/WalletAsk.tsx";
import { useConnection } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";
import styles from "./WalletPrompt.module.css";

export function WalletPrompt() {
  const { ask, wallet } = useConnection();
  const { asks, chains } = useWords().welcome;
  if (ask === undefined) return null;
  const why = (ask.subject === undefined ? undefined : asks.subjects[ask.subject]) ?? asks[ask.kind];
  return (
    <div className={styles.prompt}>
      <WalletAsk
        kind={ask.kind}
        why={why}
        {...(wallet === undefined ? {} : { wallet: wallet.info.name })}
        {...(ask.side === undefined ? {} : { chain: ask.side, chainLabel: chains[ask.side] })}
      />
    </div>
  );
}
