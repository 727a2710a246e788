/** One part as it stands, and as a correction would have it. */
import { useQuery } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import type { CorrectedPart } from "../engine/patientAmending.ts";
import { Dialog } from "../look/Dialog.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { PartReading } from "../record/PartReading.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";

export type AmendedPartDialogProps = { id: string; part: CorrectedPart; name: string; onClose: () => void };

export function AmendedPartDialog({ id, part, name, onClose }: AmendedPartDialogProps) {
  const { amend, record } = useWords().patient;
  const { engine } = useSession();
  const { position, change } = part;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["patient", "amended", id, position],
    queryFn: async () => ({
      ...(change === "new" ? {} : { before: await engine.patient.part(id, position) }),
      after: await engine.amending.part(id, position),
    }),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const failure = error && failureOf(error);
  return (
    <Dialog open title={<Isolated>{name}</Isolated>} onClose={onClose}>
      {isPending && <LoadingState label={record.part.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />}
      {data?.before && (
        <section>
          <h3>{amend.look.before}</h3>
          <PartReading reading={data.before} level={4} />
        </section>
      )}
      {data && (
        <section>
          {data.before && <h3>{amend.look.after}</h3>}
          {change === "struck" ? (
            <p>{amend.look.struck}</p>
          ) : (
            <PartReading reading={data.after} level={data.before ? 4 : 3} />
          )}
        </section>
      )}
    </Dialog>
  );
}
