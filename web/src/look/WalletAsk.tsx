import { Button } from "@mantine/core";
import { IconWallet } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import { ChainBadge } from "./ChainBadge.tsx";
import { FactList } from "./FactList.tsx";
import { Isolated } from "./Isolated.tsx";
import { isolate } from "./isolate.ts";
import { Note } from "./Note.tsx";
import type { ChainName } from "./sides.ts";

export interface WalletAskProps {
  /** What the wallet shows now. */
  kind: "connect" | "sign" | "send" | "switch" | "add";
  chain?: ChainName;
  /** The network's name as the wallet shows it. */
  chainLabel?: string;
  /** A sentence: what this is for. */
  why: string;
  /** The wallet's name. */
  wallet?: string;
  onCancel?: (() => void) | undefined;
}

/** Says what the wallet is being asked just now, on which chain, and why. */
export function WalletAsk({ kind, chain, chainLabel, why, wallet, onCancel }: WalletAskProps) {
  const words = useWords().look;
  const where = chain && (
    <>
      <ChainBadge chain={chain} />
      {chainLabel && (
        <>
          {" ("}
          <Isolated>{chainLabel}</Isolated>)
        </>
      )}
    </>
  );
  const facts = [
    ...(where ? [{ label: words.wallet.where, value: where }] : []),
    { label: words.wallet.why, value: why },
  ];
  return (
    <Note
      role="status"
      icon={<IconWallet size={26} aria-hidden />}
      title={words.wallet.titles[kind]}
      actions={
        onCancel && (
          <Button variant="default" onClick={onCancel}>
            {words.cancel}
          </Button>
        )
      }
    >
      <FactList facts={facts} />
      <p>{words.wallet.open(wallet === undefined ? words.wallet.yours : isolate(wallet))}</p>
    </Note>
  );
}
