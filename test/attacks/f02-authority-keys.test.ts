/** F2: the paper's certification authority draws the doctor's primes, so it can sign in any doctor's name (5.1.1). */
import { expect } from "chai";
import { Wallet } from "ethers";
import { generateSigningKey, importSigningKey } from "../../src/ces/index.ts";
import { equal } from "../../src/core/bytes.ts";
import { Reader } from "../../src/core/encoding.ts";
import { checkRecord, fingerprintOf } from "../../src/record/index.ts";
import { Authority } from "../../src/roles/authority.ts";
import { fetchCredentials } from "../../src/roles/credentials.ts";
import { Doctor } from "../../src/roles/doctor.ts";
import { type KeyStore, memoryKeyStore } from "../../src/roles/keyStore.ts";
import { AuthorityClient } from "../../src/services/authorityClient.ts";
import { serveAuthority } from "../../src/services/authorityServer.ts";
import { expectCode } from "../expectCode.ts";
import { certify, clinic, sampleSigned, signSample } from "./clinic.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { sample, stage } from "./world.ts";

/** A key store that can be looked through. */
function openKeyStore(): KeyStore & { secrets: Map<string, Uint8Array> } {
  const secrets = new Map<string, Uint8Array>();
  return {
    secrets,
    get: async (name) => secrets.get(name),
    set: async (name, secret) => void secrets.set(name, secret),
    delete: async (name) => void secrets.delete(name),
  };
}

describe("F2 the doctor's key", () => {
  it("the paper: the authority signs in the doctor's name", () => {
    const madeByAuthority = drawKey();
    const given = { n: madeByAuthority.n, e: madeByAuthority.e, d: madeByAuthority.d };
    const genuine = paper.extract(paper.sign(paper.emr, "", given), [6]);
    expect(paper.verifyModN(genuine, given)).to.equal(true);
    const invented = paper.emr.map((content, at) => (at === 5 ? new Uint8Array([1, 2, 3]) : content));
    const forged = paper.extract(paper.sign(invented, "", madeByAuthority), [6]);
    expect(paper.verifyModN(forged, given)).to.equal(true);
  });

  it("Diptych: nothing that the authority ever gets or keeps is the doctor's key", async () => {
    const { world } = await stage();
    const keyStore = openKeyStore();
    const [storage, shared] = [Wallet.createRandom(), Wallet.createRandom()];
    const authority = await Authority.open({
      name: "Curious authority",
      keyStore,
      chains: world.chains,
      accounts: { storage, shared },
    });
    const received: Uint8Array[] = [];
    const desk = {
      credentials: () => authority.credentials(),
      enrol: (request: Uint8Array, evidence: string) => {
        received.push(request);
        return authority.enrol(request, evidence);
      },
      enrolment: (id: string) => authority.enrolment(id),
      apply: authority.apply.bind(authority),
      application: (id: string) => authority.application(id),
      issueKey: authority.issueKey.bind(authority),
    };
    const served = await serveAuthority(desk);
    try {
      const doctorStore = openKeyStore();
      const doctor = await Doctor.open({
        subject: { commonName: "Synthetic Doctor" },
        keyStore: doctorStore,
        authority: served.url,
      });
      const enrolment = await doctor.enrol("staff card (synthetic)");
      await authority.certify(enrolment);
      await doctor.collectCertificate(enrolment);

      const reader = new Reader(doctorStore.secrets.get("doctor/signing-key")!, "key").version(1);
      reader.bytes();
      const jwk = await crypto.subtle.exportKey("jwk", await importSigningKey(reader.bytes()));
      const had = [...received, ...keyStore.secrets.values()].map((bytes) => Buffer.from(bytes));
      const occurs = (number: string | undefined) =>
        had.some((bytes) => bytes.includes(Buffer.from(number!, "base64url")));
      expect(occurs(jwk.n), "the search finds the public half").to.equal(true);
      for (const secret of ["d", "p", "q", "dp", "dq", "qi"] as const)
        expect(occurs(jwk[secret]), secret).to.equal(false);
    } finally {
      await served.close();
    }
  });

  it("Diptych: what the authority signs with its own key, or any other, isn't under the doctor's certificate", async () => {
    const { authority, doctor, trust } = await clinic();
    const genuine = await sampleSigned();
    const check = (signed: Pick<typeof genuine, "whole" | "certificateChain">) =>
      checkRecord({ extraction: signed.whole, certificateChain: signed.certificateChain }, trust);
    await check(genuine);
    const pss = { name: "RSA-PSS", hash: "SHA-256" };
    const own = await crypto.subtle.importKey("pkcs8", authority.privateKey as never, pss, true, ["sign"]);
    const forged = await signSample({ privateKey: own }, doctor.certificate);
    await expectCode("ces-verification-failed", () => check(forged));
    await expectCode("certificate-invalid", () =>
      check({ ...forged, certificateChain: [authority.certificate] }),
    );
    // It can certify a second key in the doctor's name: that certificate is another one, which everybody can tell and revoke.
    const keys = await generateSigningKey();
    const second = await certify(authority, keys);
    const impostor = await signSample(keys, second);
    const { certificate } = await check(impostor);
    expect(equal(certificate.fingerprint, fingerprintOf(doctor.certificate))).to.equal(false);
    const revoked = (fingerprint: Uint8Array) => equal(fingerprint, fingerprintOf(second));
    const { whole: extraction, certificateChain } = impostor;
    await expectCode("certificate-invalid", () =>
      checkRecord({ extraction, certificateChain }, { ...trust, revoked }),
    );
  });

  it("Diptych: a certificate revoked on chain counts no longer for anybody", async () => {
    const { world, alice } = await stage();
    const doctor = await Doctor.open({
      subject: { commonName: "Careless Doctor" },
      keyStore: memoryKeyStore(),
      authority: world.authorityUrl,
    });
    const enrolment = await doctor.enrol("staff card (synthetic)");
    const certificate = await world.authority.certify(enrolment);
    await doctor.collectCertificate(enrolment);
    const invitation = alice.patient.invite();
    const info1 = await doctor.issue(sample, invitation);
    await alice.patient.accept(info1, invitation);
    await world.authority.revokeCertificate(certificate);
    await expectCode("certificate-invalid", () => alice.patient.accept(info1, invitation));
    const { trust } = await fetchCredentials(
      new AuthorityClient(world.authorityUrl),
      Object.values(world.chains),
    );
    expect(await trust.revoked(fingerprintOf(certificate))).to.equal(true);
  });
});
