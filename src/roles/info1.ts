import { Writer } from "../core/encoding.ts";

/** What a patient gives a doctor before a record is issued: public values only. */
export type EmrInvitation = {
  /** 32 random bytes that the patient drew for this EMR. */
  emrId: Uint8Array;
  /** The patient's HPKE record key, 65 bytes. */
  recordKey: Uint8Array;
  /** Hash of the key that the patient derives for this EMR, 32 bytes. */
  pseudonym: Uint8Array;
};

/** The HPKE info of Info1 (5.1.1): nobody can pass one EMR's message off as another's. */
export function info1Info(invitation: EmrInvitation): Uint8Array {
  return new Writer().text("diptych/info1/v1").fixed(invitation.emrId).fixed(invitation.pseudonym).finish();
}
