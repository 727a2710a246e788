/** A fingerprint, face or security key that opens the keys in this browser: WebAuthn with its PRF extension. */
import { Failure } from "../engine/failures.ts";

/** What the authenticator is asked to compute on; the answer differs for every credential. */
const salt = new TextEncoder().encode("diptych/vault/prf/v1");

type PrfResults = { prf?: { enabled?: boolean; results?: { first?: BufferSource } } };

/** Whether this browser can do it at all; the authenticator itself says so only when asked. */
export function canUseAuthenticator(): boolean {
  // Credentials belong to a name: pages at a bare address, such as 127.0.0.1, can have none.
  const named = !/^[\d.]+$|^\[/.test(window.location.hostname);
  return named && typeof PublicKeyCredential === "function" && window.isSecureContext;
}

/** Makes a credential for this page and answers it with its 32-byte secret. @throws Failure `authenticator-failed` */
export async function makeAuthenticator(
  name: string,
): Promise<{ credentialId: Uint8Array; secret: Uint8Array }> {
  const made = await asking(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        rp: { name: "Diptych" },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
        pubKeyCredParams: [
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { userVerification: "required", residentKey: "preferred" },
        extensions: { prf: {} } as AuthenticationExtensionsClientInputs,
      },
    }),
  );
  const { prf } = made.getClientExtensionResults() as PrfResults;
  if (prf?.enabled !== true) throw failed("This device can't keep such a secret: use the passphrase.");
  const credentialId = new Uint8Array(made.rawId);
  return { credentialId, secret: await askAuthenticator(credentialId) };
}

/** The 32-byte secret of a credential made here. @throws Failure `authenticator-failed` */
export async function askAuthenticator(credentialId: Uint8Array): Promise<Uint8Array> {
  const answer = await asking(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        allowCredentials: [{ type: "public-key", id: credentialId as BufferSource }],
        userVerification: "required",
        extensions: { prf: { eval: { first: salt } } } as AuthenticationExtensionsClientInputs,
      },
    }),
  );
  const first = (answer.getClientExtensionResults() as PrfResults).prf?.results?.first;
  if (first === undefined) throw failed("The device gave no secret: use the passphrase.");
  const bytes = ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer, first.byteOffset, first.byteLength)
    : new Uint8Array(first);
  return bytes.slice(0, 32);
}

async function asking(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  let answer: Credential | null;
  try {
    answer = await ask();
  } catch (cause) {
    throw failed(`The device was not used: ${String(cause)}`);
  }
  if (!(answer instanceof PublicKeyCredential)) throw failed("The device gave no answer.");
  return answer;
}

function failed(message: string): Failure {
  return new Failure("authenticator-failed", message);
}
