/** One part of a record, opened. */
import { useQuery } from "@tanstack/react-query";
import { failureOf } from "../engine/failures.ts";
import { Dialog } from "../look/Dialog.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { LoadingState } from "../look/LoadingState.tsx";
import { PartReading } from "../record/PartReading.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";

export type PartDialogProps = { id: string; position: number; label: string; onClose: () => void };

export function PartDialog({ id, position, label, onClose }: PartDialogProps) {
  const words = useWords().patient.record.part;
  const { engine } = useSession();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["patient", "part", id, position],
    queryFn: () => engine.patient.part(id, position),
    gcTime: 0,
  });
  const failure = error && failureOf(error);
  return (
    <Dialog open title={<Isolated>{label}</Isolated>} onClose={onClose}>
      {isPending && <LoadingState label={words.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />}
      {data && <PartReading reading={data} />}
    </Dialog>
  );
}
