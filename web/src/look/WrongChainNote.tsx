import { Button } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useWords } from "../words/useWords.ts";
import { Isolated } from "./Isolated.tsx";
import { Note } from "./Note.tsx";
import type { ChainName } from "./sides.ts";

export interface WrongChainNoteProps {
  wanted: ChainName;
  /** What the wallet calls the network it stands on, or its number. */
  current?: string;
  /** A sentence: what this chain is needed for now. */
  why: string;
  onSwitch?: () => void;
  busy?: boolean;
}

/** The wallet stands on another network than the next step needs. */
export function WrongChainNote({ wanted, current, why, onSwitch, busy = false }: WrongChainNoteProps) {
  const { chains, wrongChain } = useWords().look;
  const button = onSwitch && (
    <Button onClick={onSwitch} loading={busy}>
      {busy ? wrongChain.switching : wrongChain.switch}
    </Button>
  );
  const [before, name, after] = wrongChain.now(current ?? "");
  return (
    <Note
      tone="warn"
      role="status"
      title={wrongChain.title(chains[wanted])}
      icon={<IconPlugConnectedX size={22} aria-hidden />}
      actions={button}
    >
      <p>{why}</p>
      {current !== undefined && (
        <p>
          {before}
          <Isolated>{name}</Isolated>
          {after}
        </p>
      )}
    </Note>
  );
}
