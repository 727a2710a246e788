import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { expect } from "chai";
import forge from "node-forge";
import { commit, generateSigningKey, makeSalt, sign, unrestricted } from "../../src/ces/index.ts";
import { equal, hex, randomBytes, utf8 } from "../../src/core/bytes.ts";
import {
  type CertificateAuthority,
  checkCertificate,
  checkCommittedRecord,
  checkRecord,
  createCertificateAuthority,
  fingerprintOf,
  issueCertificate,
  printSubject,
  readRequest,
  requestCertificate,
} from "../../src/record/index.ts";
import { readSigned, replaceKey, signStructure, toDer } from "../../src/record/x509.ts";
import { doctor } from "../ces/invented.ts";
import { expectCode } from "../expectCode.ts";

const { asn1, pki } = forge;
const day = 86_400_000;
const now = Date.now();
const validity = { notBefore: new Date(now - day), notAfter: new Date(now + 30 * day) };
const subject = { commonName: "Dr. Ä. Example, MD", organization: "扬州大学附属医院" };

describe("record: certificates", () => {
  let authority: CertificateAuthority;
  let certificate: Uint8Array;
  const check = (chain: Uint8Array[], change: Partial<Parameters<typeof checkCertificate>[0]> = {}) =>
    checkCertificate({
      chain,
      authority: authority.certificate,
      at: new Date(now),
      revoked: () => false,
      ...change,
    });
  const refuse = (chain: Uint8Array[], change: Partial<Parameters<typeof checkCertificate>[0]> = {}) =>
    expectCode("certificate-invalid", () => check(chain, change));

  before(async () => {
    authority = await createCertificateAuthority({ commonName: "Test Authority", organization: "Test" });
    certificate = await issueCertificate(authority, await requestCertificate(doctor, subject), validity);
  });

  it("certifies the doctor's own key for the subject asked for", async () => {
    const checked = await check([certificate, authority.certificate]);
    expect(checked.subject).to.equal("CN=Dr. Ä. Example\\, MD,O=扬州大学附属医院");
    expect(checked.subject).to.equal(printSubject(subject));
    const spki = await crypto.subtle.exportKey("spki", doctor.publicKey);
    expect(await crypto.subtle.exportKey("spki", checked.publicKey)).to.deep.equal(spki);
    expect(checked.fingerprint).to.deep.equal(fingerprintOf(certificate));
    expect((await readRequest(await requestCertificate(doctor, subject))).subject).to.deep.equal(subject);
  });

  it("F2: the authority that draws the doctor's primes signs in the doctor's name; ours never has the key", async () => {
    // The paper's step: the authority makes (n, e, d) and hands them out, so it keeps what signs.
    const drawn = await generateSigningKey();
    const parts = [{ label: "diagnosis", salt: makeSalt(), content: utf8('"healthy"') }];
    const fields = {
      schema: "test",
      emrId: randomBytes(32),
      revision: 1,
      amends: new Uint8Array(32),
      pseudonym: randomBytes(32),
      issuer: printSubject(subject),
      time: Math.floor(now / 1000),
      ceas: { ...unrestricted },
    };
    const trust = { authority: authority.certificate, revoked: () => false };
    const forgery = await sign(fields, parts, drawn.privateKey);
    const paperCertificate = await issueCertificate(
      authority,
      await requestCertificate(drawn, subject),
      validity,
    );
    await checkRecord({ extraction: forgery, certificateChain: [paperCertificate] }, trust);

    // Ours gets a request: a public key and a signature. Nothing in it is or holds the private key.
    const request = await requestCertificate(doctor, subject);
    const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", doctor.privateKey));
    const key = pki.privateKeyFromAsn1(asn1.fromDer(forge.util.binary.raw.encode(secret)));
    for (const number of [key.d, key.p, key.q, key.dP, key.dQ, key.qInv])
      expect(hex(request)).not.to.include(number.toString(16));
    await expectCode("ces-verification-failed", () =>
      checkRecord({ extraction: forgery, certificateChain: [certificate] }, trust),
    );
  });

  for (const suite of ["ed25519", "p256"] as const)
    it(`${suite}: requested, certified, checked, and used for a record`, async () => {
      const keys = await generateSigningKey(suite);
      const request = await requestCertificate(keys, subject);
      const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
      expect(await readRequest(request)).to.deep.equal({ subject, spki });
      const issued = await issueCertificate(authority, request, validity);
      const checked = await check([issued]);
      expect(checked.subject).to.equal(printSubject(subject));
      expect(new Uint8Array(await crypto.subtle.exportKey("spki", checked.publicKey))).to.deep.equal(spki);
      // OpenSSL reads what we wrote, and agrees on who signed it.
      const read = new X509Certificate(issued);
      expect(read.verify(new X509Certificate(authority.certificate).publicKey)).to.equal(true);
      expect(read.publicKey.asymmetricKeyType).to.equal(suite === "p256" ? "ec" : "ed25519");
      expect(read.ca).to.equal(false);
      const fields = {
        schema: "test",
        emrId: randomBytes(32),
        revision: 1,
        amends: new Uint8Array(32),
        pseudonym: randomBytes(32),
        issuer: printSubject(subject),
        time: Math.floor(now / 1000),
        ceas: { ...unrestricted },
      };
      const parts = [{ label: "a", salt: makeSalt(), content: utf8("a") }];
      const trust = { authority: authority.certificate, revoked: () => false };
      const extraction = await sign(fields, parts, keys.privateKey);
      await checkRecord({ extraction, certificateChain: [issued] }, trust);
      await expectCode("ces-verification-failed", () =>
        checkRecord({ extraction, certificateChain: [certificate] }, trust),
      );
      for (let at = 0; at < issued.length; at += 5) {
        const mutant = issued.slice();
        mutant[at]! ^= 1;
        await refuse([mutant]);
      }
      for (let at = 0; at < request.length; at += 3) {
        const mutant = request.slice();
        mutant[at]! ^= 1;
        await expectCode("certificate-invalid", () => readRequest(mutant));
      }
    });

  it("takes no request whose signature is of another suite than its key", async () => {
    const [one, two] = [await generateSigningKey("ed25519"), await generateSigningKey("p256")];
    const request = asn1.fromDer(forge.util.binary.raw.encode(await requestCertificate(one, subject)));
    const info = (request.value as forge.asn1.Asn1[])[0]!;
    const foreign = new Uint8Array(await crypto.subtle.exportKey("pkcs8", two.privateKey));
    await expectCode("certificate-invalid", async () =>
      readRequest(await signStructure(info, foreign, "p256")),
    );
    const own = new Uint8Array(await crypto.subtle.exportKey("pkcs8", one.privateKey));
    expect((await readRequest(await signStructure(info, own, "ed25519"))).subject).to.deep.equal(subject);
    // And a doctor's key certifies nobody: certificates are signed by the authority's RSA key.
    const [signed] = readSigned(certificate).node.value as forge.asn1.Asn1[];
    await refuse([await signStructure(signed!, own, "ed25519")]);
  });

  it("refuses certificates for keys that no suite takes", async () => {
    const [signed] = readSigned(certificate).node.value as forge.asn1.Asn1[];
    const certifyKey = (spki: Uint8Array) =>
      signStructure(
        replaceKey(signed!, 6, asn1.fromDer(forge.util.binary.raw.encode(spki))),
        authority.privateKey,
      );
    const spkiOf = (pair: { publicKey: KeyObject }) =>
      new Uint8Array(pair.publicKey.export({ format: "der", type: "spki" }));
    await check([await certifyKey(spkiOf(generateKeyPairSync("ed25519")))]);
    const p256 = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    await check([await certifyKey(spkiOf(p256))]);
    const { x, y } = p256.publicKey.export({ format: "jwk" });
    const compressed = Buffer.concat([
      Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex"),
      Buffer.from([(Buffer.from(y!, "base64url")[31]! & 1) + 2]),
      Buffer.from(x!, "base64url"),
    ]);
    const smallOrder = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.alloc(32)]);
    for (const spki of [
      spkiOf(generateKeyPairSync("ec", { namedCurve: "secp384r1" })),
      spkiOf(generateKeyPairSync("ec", { namedCurve: "secp256k1" })),
      spkiOf(generateKeyPairSync("ed448")),
      spkiOf(generateKeyPairSync("x25519")),
      spkiOf(generateKeyPairSync("rsa", { modulusLength: 2048 })),
      new Uint8Array(compressed),
      new Uint8Array(smallOrder),
    ])
      await refuse([await certifyKey(spki)]);
  });

  it("refuses what is expired, not valid yet, revoked, or another authority's", async () => {
    for (const at of [now - 2 * day, now + 31 * day, Number.NaN])
      await refuse([certificate], { at: new Date(at) });
    const seen: Uint8Array[] = [];
    const revoked = async (fingerprint: Uint8Array) => {
      seen.push(fingerprint);
      return equal(fingerprint, fingerprintOf(certificate));
    };
    expect((await refuse([certificate], { revoked })).message).to.include("revoked");
    expect(seen).to.deep.equal([fingerprintOf(certificate)]);
    const impostor = await createCertificateAuthority({ commonName: "Test Authority", organization: "Test" });
    await refuse([certificate], { authority: impostor.certificate });
    await refuse([certificate, impostor.certificate]);
    await refuse([certificate, authority.certificate, authority.certificate]);
    await refuse([]);
    await refuse([authority.certificate]);
    await refuse([certificate], { authority: certificate });
  });

  it("refuses a date that can't be read, in the doctor's certificate and in the authority's", async () => {
    /** The same with one of its two dates (0 notBefore, 1 notAfter) spelled so, signed by the authority. */
    const dated = (der: Uint8Array, which: number, text: string) => {
      const [signed] = readSigned(der).node.value as forge.asn1.Asn1[];
      const dates = (signed!.value as forge.asn1.Asn1[])[4]!.value as forge.asn1.Asn1[];
      dates[which]!.value = text;
      return signStructure(signed!, authority.privateKey);
    };
    await check([await dated(certificate, 0, "200101000000Z")]);
    const anchor = await dated(authority.certificate, 0, "200101000000Z");
    await check([certificate], { authority: anchor });
    for (const which of [0, 1]) {
      const leaf = await refuse([await dated(certificate, which, "whenever")]);
      expect(leaf.message).to.match(/: it has a date that can't be read/);
      const issuer = await dated(authority.certificate, which, "whenever");
      const { message } = await refuse([certificate], { authority: issuer });
      expect(message).to.match(/the authority's certificate has a date that can't be read/);
    }
  });

  it("refuses every changed byte, and every other spelling that would evade a revocation", async () => {
    for (let at = 0; at < certificate.length; at += 7) {
      const mutant = certificate.slice();
      mutant[at]! ^= 1;
      await refuse([mutant]);
    }
    await refuse([Uint8Array.of(...certificate, 0)]);
    await refuse([certificate.slice(0, -1)]);
    await refuse([new Uint8Array(70_000)]);
    // The same with the outer length in three bytes instead of two: BER that many readers take.
    const longer = Uint8Array.of(0x30, 0x83, 0, ...certificate.slice(2));
    await refuse([longer]);
    // And with the outer algorithm's NULL parameter left out: the signature doesn't cover it.
    const node = asn1.fromDer(forge.util.binary.raw.encode(certificate));
    const [, algorithm] = node.value as forge.asn1.Asn1[];
    (algorithm!.value as forge.asn1.Asn1[]).pop();
    await refuse([toDer(node)]);
  });

  it("refuses certificates that aren't for signing records", async () => {
    const key = pki.certificateFromAsn1(asn1.fromDer(forge.util.binary.raw.encode(certificate)));
    const issue = async (extensions: object[], change: (draft: forge.pki.Certificate) => void = () => {}) => {
      const draft = pki.certificateFromAsn1(asn1.fromDer(forge.util.binary.raw.encode(certificate)));
      draft.publicKey = key.publicKey;
      // forge writes into what it is given.
      draft.setExtensions(extensions.map((each) => ({ ...each })));
      change(draft);
      const { getTBSCertificate } = pki as unknown as {
        getTBSCertificate: (draft: forge.pki.Certificate) => forge.asn1.Asn1;
      };
      // Names come back from forge as raw UTF-8: print them again as they were.
      draft.setSubject([{ name: "commonName", value: "Dr. Plain" }]);
      return signStructure(getTBSCertificate(draft), authority.privateKey);
    };
    const usage = { name: "keyUsage", digitalSignature: true, critical: true };
    const leaf = { name: "basicConstraints", cA: false, critical: true };
    await check([await issue([leaf, usage])]);
    await refuse([await issue([leaf])]);
    await refuse([await issue([leaf, { ...usage, digitalSignature: false, keyEncipherment: true }])]);
    await refuse([await issue([{ ...leaf, cA: true }, usage])]);
    await refuse([await issue([leaf, { ...usage, keyCertSign: true }])]);
    await refuse([await issue([leaf, usage, usage])]);
    await refuse([await issue([leaf, usage, { id: "1.2.3.4", critical: true, value: "\u0005\u0000" }])]);
    const weak = pki.rsa.generateKeyPair({ bits: 1024, e: 65_537 });
    await refuse([
      await issue([leaf, usage], (draft) => {
        draft.publicKey = weak.publicKey;
      }),
    ]);
  });

  it("certifies only who proves to hold a strong key", async () => {
    const request = await requestCertificate(doctor, subject);
    const invalid = (bytes: Uint8Array) =>
      expectCode("certificate-invalid", () => issueCertificate(authority, bytes, validity));
    for (const at of [30, 200, request.length - 1]) {
      const mutant = request.slice();
      mutant[at]! ^= 1;
      await invalid(mutant);
    }
    await invalid(certificate);
    await invalid(new Uint8Array());
    // Whoever leaves out our own check still can't pass the authority's.
    const weak = pki.rsa.generateKeyPair({ bits: 1024, e: 65_537 });
    const weakRequest = pki.createCertificationRequest();
    weakRequest.publicKey = weak.publicKey;
    weakRequest.setSubject([{ name: "commonName", value: "Dr. Weak" }]);
    weakRequest.sign(weak.privateKey, forge.md.sha256.create());
    await invalid(toDer(pki.certificationRequestToAsn1(weakRequest)));
    await invalid(await requestCertificate(doctor, { commonName: "" }));
    await expectCode("argument-invalid", () =>
      issueCertificate(authority, request, { notBefore: validity.notAfter, notAfter: validity.notBefore }),
    );
    await expectCode("argument-invalid", () =>
      issueCertificate(authority, request, { ...validity, serial: new Uint8Array(3) }),
    );
  });

  it("checks a record: issuer named, time of signing, commitments", async () => {
    const fields = {
      schema: "test",
      emrId: randomBytes(32),
      revision: 1,
      amends: new Uint8Array(32),
      pseudonym: randomBytes(32),
      issuer: printSubject(subject),
      time: Math.floor(now / 1000),
      ceas: { ...unrestricted },
    };
    const parts = ["a", "b"].map((label) => ({ label, salt: makeSalt(), content: utf8(label) }));
    const trust = { authority: authority.certificate, revoked: () => false };
    const certificateChain = [certificate];
    const whole = await sign(fields, parts, doctor.privateKey);
    const { header } = await checkRecord({ extraction: whole, certificateChain }, trust);
    expect(header.pseudonym).to.deep.equal(fields.pseudonym);
    const commitments = await Promise.all(parts.map((part, at) => commit(fields.emrId, at + 1, part)));
    const committed = { header: whole.header, signature: whole.signature, commitments, certificateChain };
    await checkCommittedRecord(committed, trust);
    await expectCode("ces-verification-failed", () =>
      checkCommittedRecord({ ...committed, commitments: [...commitments].reverse() }, trust),
    );
    for (const change of [
      { issuer: "CN=Dr. Other" },
      { time: fields.time + 3600 },
      { time: fields.time - 2 * 86_400 },
    ]) {
      const extraction = await sign({ ...fields, ...change }, parts, doctor.privateKey);
      await expectCode("certificate-invalid", () => checkRecord({ extraction, certificateChain }, trust));
    }
  });
});
