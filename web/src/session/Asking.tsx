/** What a question to the engine came to, while there is nothing to show: waiting, or what went wrong. */
import type { UseQueryResult } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { LoadingState } from "../look/LoadingState.tsx";

export type AskingProps = { query: UseQueryResult<unknown>; label: string };

export function Asking({ query: { error, isPending, refetch }, label }: AskingProps) {
  if (error !== null) {
    const { code, message } = failureOf(error);
    return <ErrorNote code={code} message={message} onRetry={() => void refetch()} />;
  }
  return isPending ? <LoadingState label={label} /> : null;
}
