/** A doctor with a key of another suite: same steps, same checks. */
import { expect } from "chai";
import { importSigningKey, importVerifyKey, type SignatureSuite, suiteOf } from "../../src/ces/index.ts";
import { randomBytes, utf8 } from "../../src/core/bytes.ts";
import { Reader } from "../../src/core/encoding.ts";
import {
  checkRecord,
  createCertificateAuthority,
  decodeInfo1,
  issueCertificate,
  requestCertificate,
  splitRecord,
} from "../../src/record/index.ts";
import { sampleRecord } from "../../src/record/sample.ts";
import { Doctor } from "../../src/roles/doctor.ts";
import { info1Info } from "../../src/roles/info1.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { deriveKeyPair, open } from "../../src/seal/index.ts";

describe("roles: the doctor's suite", () => {
  for (const suite of ["ed25519", "p256"] as SignatureSuite[])
    it(`${suite}: makes the key once, and what it issues is accepted`, async () => {
      const keyStore = memoryKeyStore();
      const subject = { commonName: "Synthetic Doctor" };
      const options = { subject, keyStore, authority: "http://localhost" };
      await Doctor.open({ ...options, suite });
      // The key that is there stays, whatever is asked for later.
      const doctor = await Doctor.open(options);
      const reader = new Reader((await keyStore.get("doctor/signing-key"))!, "signing key").version(1);
      const publicKey = await importVerifyKey(reader.bytes());
      const privateKey = await importSigningKey(reader.bytes());
      expect(suiteOf(publicKey)).to.equal(suite);

      const authority = await createCertificateAuthority({ commonName: "Test authority" });
      const request = await requestCertificate({ publicKey, privateKey }, subject);
      const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 60_000) };
      await keyStore.set("doctor/certificate", await issueCertificate(authority, request, validity));
      const record = await deriveKeyPair(randomBytes(32));
      const invitation = {
        emrId: randomBytes(32),
        recordKey: record.publicKey,
        pseudonym: randomBytes(32),
      };
      const info1 = await doctor.issue(splitRecord(utf8(sampleRecord)), invitation);
      const opened = decodeInfo1(await open(record.privateKey, info1Info(invitation), info1));
      const trust = { authority: authority.certificate, revoked: () => false };
      const { header } = await checkRecord(opened, trust);
      expect(header.emrId).to.deep.equal(invitation.emrId);
      expect(opened.extraction.signature.length).to.equal(65);
    });
});
