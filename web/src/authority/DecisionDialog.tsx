/** Confirms one decision of an officer, which the wallet then signs. */
import { Textarea } from "@mantine/core";
import type { DeskRequest } from "diptych/services";
import { useState } from "react";
import { failureOf } from "../engine/failures.ts";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { AttributeNames } from "./AttributeNames.tsx";
import { ExpiryField } from "./ExpiryField.tsx";
import { expiryIn } from "./expiry.ts";
import { applicantOf } from "./naming.ts";
import { useDecision } from "./useDesk.ts";

export type DecisionKind = "approve" | "certify" | "end" | "refuse";

export type DecisionDialogProps = {
  kind: DecisionKind;
  request: DeskRequest;
  /** Why it is refused, as far as it is written: it outlives this dialog. */
  reason: string;
  onReason: (reason: string) => void;
  onClose: () => void;
  /** Told how many ledger entries it took. */
  onMade: (transactions: number) => void;
};

/** How long attestations and certificates usually hold, in days. */
const usual = { approve: "365", certify: "730" } as const;
const longestReason = 1_000;

export function DecisionDialog({ kind, request, reason, onReason, onClose, onMade }: DecisionDialogProps) {
  const words = useWords().authority;
  const formats = useFormats();
  const dated = kind === "approve" || kind === "certify";
  const [until, setUntil] = useState<number | undefined>(
    dated ? expiryIn(Number(usual[kind]), Date.now()) : undefined,
  );
  const [tried, setTried] = useState(false);
  const deciding = useDecision((officer, given: { until: number; reason: string }) => {
    if (kind === "refuse") return officer.refuse(request, given.reason);
    if (kind === "approve") return officer.approve(request, given.until);
    if (kind === "certify") return officer.certify(request, given.until);
    if (request.kind !== "revocation") throw new Error("only a wish to end a certificate is granted so");
    return officer.revokeCertificate(request.fingerprint);
  });
  const failure = deciding.error && failureOf(deciding.error);
  const ready = kind === "refuse" ? reason.trim() !== "" : !dated || until !== undefined;
  const confirm = async () => {
    setTried(true);
    if (!ready) return;
    const outcome = await deciding.mutateAsync({ until: until ?? 0, reason }).catch(() => undefined);
    if (outcome !== undefined) onMade(outcome.transactions.length);
  };
  const who = applicantOf(request, formats);
  const { title, confirmLabel, can, cannot } = wordsOf(kind, words, who);
  return (
    <ConfirmDialog
      open
      title={title}
      can={can}
      cannot={cannot}
      confirmLabel={confirmLabel}
      danger={kind === "end" || kind === "refuse"}
      busy={deciding.isPending}
      onConfirm={() => void confirm()}
      onCancel={onClose}
      error={failure && <ErrorNote code={failure.code} message={failure.message} />}
    >
      {request.kind === "application" && kind === "approve" && (
        <AttributeNames attributes={request.attributes} />
      )}
      {dated && <ExpiryField days={usual[kind]} demanded={tried} onChange={setUntil} />}
      {kind === "refuse" && (
        <Textarea
          label={words.refuse.reason}
          description={words.refuse.reasonHint}
          rows={3}
          maxLength={longestReason}
          dir="auto"
          required
          error={tried && reason.trim() === "" ? words.refuse.missing : undefined}
          value={reason}
          onChange={(event) => onReason(event.currentTarget.value)}
        />
      )}
      {deciding.isPending && <p role="status">{words.queue.deciding}</p>}
    </ConfirmDialog>
  );
}

function wordsOf(kind: DecisionKind, words: ReturnType<typeof useWords>["authority"], who: string) {
  if (kind === "refuse")
    return { title: words.refuse.title(who), confirmLabel: words.refuse.confirm, can: [], cannot: [] };
  if (kind === "end") {
    const { revokeTitle, revokeConfirm, revokeCan, revokeCannot } = words.certificates;
    return { title: revokeTitle(who), confirmLabel: revokeConfirm, can: revokeCan, cannot: revokeCannot };
  }
  const { title, confirm, can, cannot } = words[kind];
  return { title: title(who), confirmLabel: confirm, can, cannot };
}
