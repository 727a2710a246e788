/** The officer's desk as it stands: open or not, and what lies on it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import type { OpenDesk } from "../engine/officerDesk.ts";
import type { EngineClient } from "../session/engineClient.ts";
import { useConnection, useSession } from "../session/Session.tsx";

/** In milliseconds: other officers decide, too. */
const again = 6_000;

type Officer = EngineClient["officer"];

/** Whose desk is open now; null while none is. */
export function useDesk() {
  const { engine } = useSession();
  const { accounts } = useConnection();
  return useQuery<OpenDesk | null>({
    queryKey: ["officer", "desk", accounts?.storage],
    queryFn: async () => (await engine.officer.desk()) ?? null,
    refetchInterval: again,
  });
}

/** What the desk has, asked again every few seconds. Where its time is over the desk shows as closed. */
export function useOnDesk<T>(what: string, read: (officer: Officer) => Promise<T>) {
  const { engine } = useSession();
  const { accounts } = useConnection();
  const queries = useQueryClient();
  return useQuery({
    queryKey: ["officer", what, accounts?.storage],
    queryFn: async () => {
      try {
        return await read(engine.officer);
      } catch (error) {
        if (failureOf(error).code === "session-ended")
          await queries.invalidateQueries({ queryKey: ["officer", "desk"] });
        throw error;
      }
    },
    refetchInterval: again,
  });
}

/** A decision: the wallet signs once, then all that stands on the desk is read again. */
export function useDecision<T>(decide: (officer: Officer, given: T) => Promise<{ transactions: string[] }>) {
  const { engine } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: T) => decide(engine.officer, given),
    onSettled: () => queries.invalidateQueries({ queryKey: ["officer"] }),
  });
}
