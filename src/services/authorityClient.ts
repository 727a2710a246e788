/** The authority's service, seen from a doctor or a requester. */

import { exchangeJson } from "../cloud/http.ts";
import { hex, unhex } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { ReviewState, SignedApplication, SignedKeyRequest } from "./wire.ts";

/**
 * The authority's service, as doctors and requesters reach it. Every method throws `service-unreachable`, `service-refused`,
 * `service-answer-invalid`, or a code that the service passes on.
 */
export class AuthorityClient {
  readonly url: string;

  constructor(url: string) {
    this.url = url.replace(/\/$/, "");
  }

  private async ask(path: string, body?: unknown): Promise<Record<string, unknown>> {
    return exchangeJson({
      service: "the authority",
      url: `${this.url}/v1/${path}`,
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Name, CP-ABE public key and certificate (DER) of the authority: to be checked against the anchors on the chains. */
  async credentials(): Promise<{ name: string; abePublicKey: Uint8Array; certificateAuthority: Uint8Array }> {
    const answer = await this.ask("authority");
    return {
      name: text(answer, "name"),
      abePublicKey: bytes(answer, "abePublicKey"),
      certificateAuthority: bytes(answer, "certificateAuthority"),
    };
  }

  /** Hands in a doctor's certificate request (PKCS#10, DER); the id under which it is reviewed. */
  async enrol(request: Uint8Array, evidence: string): Promise<string> {
    return text(await this.ask("enrolments", { request: hex(request), evidence }), "id");
  }

  /** How far an enrolment has come, and the certificate (DER) once it is approved. */
  async enrolment(
    id: string,
  ): Promise<{ state: ReviewState; reason: string; certificate: Uint8Array | undefined }> {
    const answer = await this.ask(`enrolments/${encodeURIComponent(id)}`);
    return {
      ...review(answer),
      certificate: answer.certificate === undefined ? undefined : bytes(answer, "certificate"),
    };
  }

  /** Hands in an application for attributes; the id under which it is reviewed. */
  async apply(application: SignedApplication): Promise<string> {
    return text(await this.ask("applications", application), "id");
  }

  /** How far an application has come. */
  async application(id: string): Promise<{ state: ReviewState; reason: string }> {
    return review(await this.ask(`applications/${encodeURIComponent(id)}`));
  }

  /** SK_AU, sealed to the request's HPKE key. */
  async issueKey(request: SignedKeyRequest): Promise<Uint8Array> {
    return bytes(await this.ask("keys", request), "sealedKey");
  }
}

function text(answer: Record<string, unknown>, name: string): string {
  const value = answer[name];
  if (typeof value !== "string")
    throw new DiptychError(
      "service-answer-invalid",
      `The authority's answer has no ${name}: is this a Diptych authority?`,
    );
  return value;
}

function bytes(answer: Record<string, unknown>, name: string): Uint8Array {
  const value = text(answer, name);
  try {
    return unhex(value);
  } catch (cause) {
    throw new DiptychError(
      "service-answer-invalid",
      `The ${name} in the authority's answer is no hex: is this a Diptych authority?`,
      { cause },
    );
  }
}

function review(answer: Record<string, unknown>): { state: ReviewState; reason: string } {
  const state = (["pending", "approved", "refused"] as const).find((each) => each === answer.state);
  if (state === undefined)
    throw new DiptychError(
      "service-answer-invalid",
      "The authority's answer has no state: is this a Diptych authority?",
    );
  return { state, reason: text(answer, "reason") };
}
