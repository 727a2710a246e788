/** Lets a person choose a wallet, and an account on each chain. */
import { Button, Stack } from "@mantine/core";
import { useEffect, useState } from "react";
import { type Failure, failureOf } from "../engine/failures.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { useConnection, useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";
import { Connection } from "./connection.ts";
import { discoverWallets, type Wallet } from "./discovery.ts";

/** Every wallet of this browser, once each, the last used first. */
function useWallets(): Wallet[] {
  const [wallets, setWallets] = useState<Wallet[]>([]);
  useEffect(
    () =>
      discoverWallets((wallet) =>
        setWallets((known) =>
          known.some(({ info }) => info.uuid === wallet.info.uuid) ? known : [...known, wallet],
        ),
      ),
    [],
  );
  return wallets;
}

export function ConnectWallet() {
  const { connection } = useSession();
  const { wallet: connected } = useConnection();
  const words = useWords().welcome.wallet;
  const wallets = useWallets();
  const [failure, setFailure] = useState<Failure>();

  const connect = async (wallet: Wallet, silently = false) => {
    setFailure(undefined);
    try {
      await connection.connect(wallet, silently);
    } catch (error) {
      if (!silently) setFailure(failureOf(error));
    }
  };

  // Whoever connected a wallet before finds it connected again, if the wallet still agrees.
  const last = wallets.find(({ info }) => info.rdns === Connection.lastUsed());
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the wallet shows up, once
  useEffect(() => {
    if (last !== undefined && connected === undefined) void connect(last, true);
  }, [last]);

  if (connected !== undefined)
    return (
      <>
        <ScreenTitle title={words.title} lead={words.lead} />
        <EmptyState
          title={words.locked}
          action={<Button onClick={() => connect(connected)}>{words.again}</Button>}
        >
          {words.lockedBody}
        </EmptyState>
      </>
    );
  if (wallets.length === 0)
    return (
      <>
        <ScreenTitle title={words.title} lead={words.lead} />
        <EmptyState title={words.none}>{words.noneBody}</EmptyState>
      </>
    );
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Stack gap="sm" maw={480}>
        {wallets.map((wallet) => (
          <Button
            key={wallet.info.uuid}
            variant="default"
            size="md"
            leftSection={<img src={safeIcon(wallet.info.icon)} alt="" width={24} height={24} />}
            onClick={() => connect(wallet)}
          >
            <Isolated>{words.connect(wallet.info.name)}</Isolated>
          </Button>
        ))}
        {failure && <ErrorNote code={failure.code} message={failure.message} />}
      </Stack>
    </>
  );
}

/** Only pictures that come with the announcement: nothing is fetched for a wallet from elsewhere. */
function safeIcon(icon: string): string {
  return icon.startsWith("data:image/") || icon.startsWith(document.baseURI) ? icon : "./favicon.svg";
}
