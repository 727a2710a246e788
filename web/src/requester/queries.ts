/** What several of the requester's screens ask for, asked again every few seconds: changes on the ledgers show by themselves. */
import { useQuery } from "@tanstack/react-query";
import { useSession } from "../session/Session.tsx";

export function useRequests() {
  const { engine } = useSession();
  return useQuery({
    queryKey: ["requester", "requests"],
    queryFn: () => engine.requester.requests(),
    refetchInterval: 4_000,
  });
}

export const standingKey = ["requester", "standing"];

export function useStanding() {
  const { engine } = useSession();
  return useQuery({
    queryKey: standingKey,
    queryFn: () => engine.requester.standing(),
    refetchInterval: 4_000,
  });
}
