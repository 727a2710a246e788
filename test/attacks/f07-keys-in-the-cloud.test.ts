/** F7: the paper puts C_Ki beside C_mi (5.1.3): an attribute key and the ciphertext are enough, whatever the chains say. */
import { expect } from "chai";
import { capsulePolicy, decapsulate } from "../../src/abe/index.ts";
import { copyStore } from "../../src/cli/demo/leftovers.ts";
import { multihashKey } from "../../src/cloud/blocks.ts";
import { decodeManifest } from "../../src/cloud/manifest.ts";
import { randomBytes, unhex } from "../../src/core/bytes.ts";
import { IndexLedger } from "../../src/ledger/index.ts";
import { capsuleContext, decodeKeyring, type Placement } from "../../src/record/index.ts";
import { fetchCredentials } from "../../src/roles/credentials.ts";
import { openKeyring } from "../../src/seal/index.ts";
import { AuthorityClient } from "../../src/services/authorityClient.ts";
import { expectCode } from "../expectCode.ts";
import { keygen, setup, unwrap } from "./paper/abe.ts";
import { decrypt } from "./paper/aes.ts";
import { drawKey } from "./paper/rsa.ts";
import * as paper from "./paper/signature.ts";
import { Cloud, Contract, encryptRecord, makeRequest } from "./paper/storage.ts";
import { makeRequester, rights, stage, storeSample } from "./world.ts";

describe("F7 keys beside the ciphertext", () => {
  it("the paper: a physician whom the contract refuses reads the whole record with the cloud's help", async () => {
    const doctor = drawKey();
    const physician = drawKey();
    const { publicKey, masterKey } = await setup();
    const attributeKey = await keygen(masterKey, ["role:doctor", "org:yzu-hospital"]);
    const full = paper.sign(paper.emr, "", doctor);
    const { record } = await encryptRecord(
      full,
      paper.emr.map(() => rights.full),
      publicKey,
    );
    const cloud = new Cloud(doctor);
    const url = cloud.put(record);
    const contract = new Contract(randomBytes(32));
    contract.store("EMR 1", new Uint8Array(), []);
    expect(await contract.request(makeRequest("EMR 1", 1000, physician), 1000)).to.equal(undefined);

    const ciphertext = cloud.records.get(url)!;
    for (const [at, { content, key }] of ciphertext.objects.entries())
      expect(decrypt((await unwrap(attributeKey, key))!, content)).to.deep.equal(paper.emr[at]);
  });

  it("Diptych: with the cloud's disk and a fitting attribute key, a blocked physician still lacks sigma", async () => {
    const here = await stage();
    const { world, alice, requesters } = here;
    const { physician } = requesters;
    const stored = await storeSample(here, alice);
    await alice.patient.block(stored.emrId, physician.address);
    const { decided } = await physician.request("storage", stored.ids.storage);
    expect(decided.decision).to.equal("blocked");
    await expectCode("not-releasable", () => physician.release("storage", decided));

    const disk = await copyStore(world.storeFolder);
    const { abePublicKey } = await fetchCredentials(
      new AuthorityClient(world.authorityUrl),
      Object.values(world.chains),
    );
    for (const view of stored.draft.views) {
      const { capsule, keyring } = decodeManifest(disk.get(multihashKey(view.root))!);
      const binding: Placement = {
        chainId: view.chain.chainId,
        contract: unhex(view.chain.ledger),
        ledgerRecordId: unhex(view.ledgerRecordId),
        version: view.version,
      };
      expect(capsulePolicy(capsule)).to.contain("role:doctor");
      const context = capsuleContext(binding);
      const k = await decapsulate(abePublicKey, await physician.attributeKey(), capsule, context);
      const { index } = await new IndexLedger(view.chain).record(view.ledgerRecordId);
      const guesses = [
        new Uint8Array(32),
        k,
        unhex(view.tag),
        index.slice(1, 33),
        unhex(view.ledgerRecordId),
      ];
      for (const sigma of guesses)
        await expectCode("seal-open-failed", () => openKeyring({ sigma, k, capsule, binding }, keyring));
      // Both locks are real: sigma without the capsule's key opens nothing, both together do.
      const { sigma } = view;
      await expectCode("seal-open-failed", () =>
        openKeyring({ sigma, k: randomBytes(32), capsule, binding }, keyring),
      );
      const { parts } = decodeKeyring(await openKeyring({ sigma, k, capsule, binding }, keyring));
      expect(parts).to.have.length(view.name === "full" ? 9 : 6);
    }
  });

  it("Diptych: an attribute that has been revoked ends releases at once, though its key stays", async () => {
    const here = await stage();
    const { world, alice } = here;
    const stored = await storeSample(here, alice);
    const leaving = await makeRequester(world, ["role:researcher"]);
    const { decided } = await leaving.request("shared", stored.ids.shared);
    await leaving.release("shared", decided);
    await world.authority.revokeAttributes(leaving.address, ["role:researcher"]);
    expect((await leaving.attributeKey()).attributes).to.include("role:researcher");
    await expectCode("grant-ended", () => leaving.release("shared", decided));
    const again = await leaving.request("shared", stored.ids.shared);
    expect(again.decided.decision).to.equal("policy-not-satisfied");
  });
});
