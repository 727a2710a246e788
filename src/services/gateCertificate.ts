/**
 * A TLS key that comes from a gate's seed, with a certificate that nobody but itself signed (X.509, RFC 5280; keys by RFC 5480
 * and 5958), for gates that are reached without a certification authority. Clients that know the key's fingerprint can trust it.
 */
import { buffer, concat, utf8 } from "../core/bytes.ts";
import { deriveKey, hash } from "../core/hash.ts";
import { ecdsaToDer } from "../record/certificateEcdsa.ts";
import { deriveKeyPair } from "../seal/index.ts";

/** One DER element. */
function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return concat(Uint8Array.of(tag, ...size), content);
}
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const bits = (content: Uint8Array) => der(0x03, Uint8Array.of(0), content);
const oid = (...bytes: number[]) => der(0x06, Uint8Array.from(bytes));

const ecKeyOnP256 = sequence(
  oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01),
  oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07),
);
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
/** From 2026 on without end: the gate's registration says how long it counts (RFC 5280, section 4.1.2.5). */
const always = sequence(der(0x17, utf8("260101000000Z")), der(0x18, utf8("99991231235959Z")));

const pem = (name: string, bytes: Uint8Array) => {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,64}/g)!;
  return [`-----BEGIN ${name}-----`, ...lines, `-----END ${name}-----`, ""].join("\n");
};

/** A DNS name, or an IPv4 address, as the certificate lists it. */
function subjectName(host: string): Uint8Array {
  const numbers = /^(\d{1,3}\.){3}\d{1,3}$/.test(host) ? host.split(".").map(Number) : undefined;
  return numbers === undefined ? der(0x82, utf8(host)) : der(0x87, Uint8Array.from(numbers));
}

/**
 * The TLS key of the gate with this seed (32 secret bytes) and a certificate of it for `hosts` (DNS names and IPv4 addresses), both
 * PEM. The key is the same each time; the certificate isn't, since its signature is drawn anew: remember the key's fingerprint.
 */
export async function makeGateCertificate(
  seed: Uint8Array,
  hosts: readonly string[],
): Promise<{ cert: string; key: string }> {
  const { publicKey, privateKey } = await deriveKeyPair(deriveKey(seed, {}, "diptych/gate/tls/v1"));
  const scalar = sequence(Uint8Array.of(2, 1, 1), der(0x04, privateKey), der(0xa1, bits(publicKey)));
  const pkcs8 = sequence(Uint8Array.of(2, 1, 0), ecKeyOnP256, der(0x04, scalar));
  const name = sequence(der(0x31, sequence(oid(0x55, 4, 3), der(0x0c, utf8("Diptych release gate")))));
  // Positive and of one size: a number that starts with 0x01.
  const serial = concat(Uint8Array.of(1), hash("diptych/gate/tls-serial/v1", publicKey).slice(0, 15));
  const names = sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(...hosts.map(subjectName))));
  const signed = sequence(
    der(0xa0, Uint8Array.of(2, 1, 2)),
    der(0x02, serial),
    ecdsaWithSha256,
    name,
    always,
    name,
    sequence(ecKeyOnP256, bits(publicKey)),
    der(0xa3, sequence(names)),
  );
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const signer = await crypto.subtle.importKey("pkcs8", buffer(pkcs8), algorithm, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign(algorithm, signer, buffer(signed)));
  const certificate = sequence(signed, ecdsaWithSha256, bits(ecdsaToDer(signature)));
  return { cert: pem("CERTIFICATE", certificate), key: pem("PRIVATE KEY", pkcs8) };
}
