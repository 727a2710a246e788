/** The page: its look, what it starts with, and which screens stand where. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Router } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import { type Failure, failureOf } from "./engine/failures.ts";
import { ErrorNote } from "./look/ErrorNote.tsx";
import { LoadingState } from "./look/LoadingState.tsx";
import { Look } from "./look/Look.tsx";
import { Rooms } from "./Rooms.tsx";
import { SessionProvider } from "./session/Session.tsx";
import { type Started, startPage } from "./session/start.ts";
import { WalletPrompt } from "./wallet/WalletPrompt.tsx";
import { useWords } from "./words/useWords.ts";

const queries = new QueryClient({
  defaultOptions: {
    // What stands on a chain changes without asking; what failed is told with what to do, not tried thrice in silence.
    queries: { retry: false, staleTime: 2_000, refetchOnWindowFocus: true },
  },
});

export function App() {
  return (
    <Look>
      <QueryClientProvider client={queries}>
        <Router hook={useHashLocation}>
          <Page />
        </Router>
      </QueryClientProvider>
    </Look>
  );
}

type Start =
  | { state: "starting" }
  | { state: "failed"; failure: Failure }
  | { state: "ready"; started: Started };

/** Started once a page, however often React mounts it. */
let starting: Promise<Started> | undefined;

function Page() {
  const words = useWords();
  const [start, setStart] = useState<Start>({ state: "starting" });
  const begin = () => {
    const { chains } = words.welcome;
    starting ??= startPage((side) => chains[side], new URL("./favicon.svg", document.baseURI).href);
    starting.then(
      (started) => setStart({ state: "ready", started }),
      (error) => {
        starting = undefined;
        setStart({ state: "failed", failure: failureOf(error) });
      },
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, whatever the words
  useEffect(begin, []);
  if (start.state === "starting") return <LoadingState label={words.welcome.starting} />;
  if (start.state === "failed") {
    const { code, message } = start.failure;
    return (
      <main id="main">
        <h1>{words.welcome.startFailed}</h1>
        <ErrorNote code={code} message={message} onRetry={begin} />
      </main>
    );
  }
  return (
    <SessionProvider {...start.started}>
      <Rooms />
      <WalletPrompt />
    </SessionProvider>
  );
}
