/** Enrolment and certificate as they stand, asked again while the authority decides. */
import { useQuery } from "@tanstack/react-query";
import type { Standing } from "../engine/doctorStanding.ts";
import { useSession } from "../session/Session.tsx";

/** In milliseconds: while an answer is awaited, and otherwise, so that a revocation is seen. */
const soon = 4_000;
const later = 20_000;

export function useStanding() {
  const { engine } = useSession();
  return useQuery({
    queryKey: ["doctor", "standing"],
    queryFn: () => engine.doctor.standing(),
    refetchInterval: ({ state }) =>
      state.data?.enrolment?.state === "pending" || state.data?.unasked !== undefined ? soon : later,
  });
}

/** Whether records can be signed now. */
export function canSign(standing: Standing): boolean {
  return standing.certificate !== undefined && standing.certificate.trouble === undefined;
}
