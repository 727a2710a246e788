/** F15: one authority whose public key nobody can check, user keys that nobody checks, and ABE against passive attackers only. */
import { expect } from "chai";
import { Wallet } from "ethers";
import { readCapsule } from "../../src/abe/capsule.ts";
import { type G1, type G2, loadGroup } from "../../src/abe/group.ts";
import {
  decapsulate,
  encapsulate,
  keygen as makeKey,
  PublicKey,
  SecretKey,
  setup as setUpAuthority,
} from "../../src/abe/index.ts";
import { makeSecretKey, secretElements } from "../../src/abe/keys.ts";
import type { KeyElements } from "../../src/abe/scheme.ts";
import { equal, randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";
import type { Attribute } from "../../src/policy/index.ts";
import { createCertificateAuthority } from "../../src/record/index.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import { Requester } from "../../src/roles/requester.ts";
import { sealTo } from "../../src/seal/index.ts";
import { serveAuthority } from "../../src/services/authorityServer.ts";
import { keyInfo } from "../../src/services/keyInfo.ts";
import type { AuthorityDesk, SignedKeyRequest } from "../../src/services/wire.ts";
import { expectCode } from "../expectCode.ts";
import * as paper from "./paper/abe.ts";
import { sample, stage } from "./world.ts";

/** The authority of the world as its clients reach it, with an attacker on the line who changes some answers. */
async function onTheLine(changes: Partial<AuthorityDesk>) {
  const { world } = await stage();
  const { authority } = world;
  return serveAuthority({
    credentials: () => authority.credentials(),
    enrol: (request, evidence) => authority.enrol(request, evidence),
    enrolment: (id) => authority.enrolment(id),
    apply: (application) => authority.apply(application),
    application: (id) => authority.application(id),
    issueKey: (request) => authority.issueKey(request),
    ...changes,
  });
}

describe("F15 unchecked keys and capsules", () => {
  it("the paper: with the authority's public key swapped on its way, the attacker opens what P encrypts", async () => {
    const real = await paper.setup();
    const attacker = await paper.setup();
    const key = randomBytes(32);
    const wrapped = await paper.wrap(attacker.publicKey, "role:doctor", key);
    const own = await paper.keygen(attacker.masterKey, ["role:doctor"]);
    expect(await paper.unwrap(own, wrapped)).to.deep.equal(key);
    const physician = await paper.keygen(real.masterKey, ["role:doctor"]);
    expect(await paper.unwrap(physician, wrapped)).to.not.deep.equal(key);
  });

  it("the paper: a spoilt SK_AU is taken, and turns every K_i into noise without a word", async () => {
    const { publicKey, masterKey } = await paper.setup();
    const group = await loadGroup();
    const key = randomBytes(32);
    const wrapped = await paper.wrap(publicKey, "role:doctor", key);
    const user = await paper.keygen(masterKey, ["role:doctor"]);
    expect(await paper.unwrap(user, wrapped)).to.deep.equal(key);
    const { sk1, sk2, sk3 } = user.elements;
    const spoilt = { ...user, elements: { sk1: group.addG1(sk1, group.generator1), sk2, sk3 } };
    const got = await paper.unwrap(spoilt, wrapped);
    expect(got).to.have.length(32).and.not.deep.equal(key);
  });

  it("the paper: who may have any C_Ki opened but one, has that one opened by way of another", async () => {
    const { publicKey, masterKey } = await paper.setup();
    const user = await paper.keygen(masterKey, ["role:doctor"]);
    const key = randomBytes(32);
    const target = await paper.wrap(publicKey, "role:doctor", key);
    const oracle = async (asked: paper.WrappedKey) =>
      equal(asked.masked, target.masked) ? undefined : paper.unwrap(user, asked);
    expect(await oracle(target)).to.equal(undefined);
    const mauled = { ...target, masked: target.masked.map((byte) => byte ^ 0x5a) };
    const answer = (await oracle(mauled))!;
    expect(answer.map((byte) => byte ^ 0x5a)).to.deep.equal(key);
  });

  it("Diptych: a swapped authority key is held against the anchors of both chains", async () => {
    const { world, doctor } = await stage();
    const { chains, gatewayUrl: gateway } = world;
    const attacker = await setUpAuthority();
    const abePublicKey = attacker.publicKey.toBytes();
    const swappedAbe = await onTheLine({
      credentials: () => ({ ...world.authority.credentials(), abePublicKey }),
    });
    const { certificate } = await createCertificateAuthority({ commonName: world.authority.name });
    const swappedCertificate = await onTheLine({
      credentials: () => ({ ...world.authority.credentials(), certificateAuthority: certificate }),
    });
    const honest = await onTheLine({});
    try {
      const accept = async (authority: string) => {
        const patient = await Patient.open({ keyStore: memoryKeyStore(), chains, authority, gateway });
        const own = patient.invite();
        return patient.accept(await doctor.issue(sample, own), own);
      };
      for (const { url } of [swappedAbe, swappedCertificate]) {
        await expectCode("anchor-mismatch", () => accept(url));
        const account = Wallet.createRandom();
        const options = { keyStore: memoryKeyStore(), chains, account, authority: url, gateway };
        const requester = await Requester.open(options);
        await expectCode("anchor-mismatch", () => requester.collectKey());
      }
      expect(await accept(honest.url)).to.have.length(32);
    } finally {
      for (const each of [swappedAbe, swappedCertificate, honest]) await each.close();
    }
  });

  it("Diptych: a spoilt, foreign or borrowed SK_AU is refused when it arrives", async () => {
    const { world } = await stage();
    const { chains, gatewayUrl: gateway } = world;
    const group = await loadGroup();
    const publicKey = await PublicKey.fromBytes(world.authority.credentials().abePublicKey);
    const foreign = await setUpAuthority();
    let answer: (genuine: SecretKey) => Uint8Array;
    // The attacker stands where the key is made, the worst place there is: what they answer is properly sealed.
    const line = await onTheLine({
      issueKey: async (request: SignedKeyRequest) => {
        const { side, account, signature: _signature, ...message } = request;
        return sealTo(unhex(message.hpkeKey), keyInfo(chains[side], account, message), answer(genuine));
      },
    });
    const account = Wallet.createRandom();
    const options = { keyStore: memoryKeyStore(), chains, account, gateway };
    const requester = await Requester.open({ ...options, authority: line.url });
    const keyStore = memoryKeyStore();
    const direct = await Requester.open({ ...options, keyStore, authority: world.authorityUrl });
    await direct.collectKey();
    const genuine = await SecretKey.fromBytes((await keyStore.get("requester/attribute-key"))!);
    const { sk1, sk2, sk3 } = secretElements(genuine, group);
    const [[, point]] = [...sk2] as [[Attribute, G1]];
    const changed = (elements: Partial<KeyElements>, attributes = genuine.attributes): SecretKey =>
      makeSecretKey(group, publicKey.hash, attributes, { sk1, sk2, sk3, ...elements });
    const doctor = ["role:doctor" as Attribute];
    const borrowed = await makeKey(foreign.publicKey, foreign.masterKey, doctor);
    const wrong: SecretKey[] = [
      changed({ sk1: group.addG1(sk1, group.generator1) }),
      changed({ sk3: group.multiplyG2(sk3, 2n) as G2 }),
      changed({ sk2: new Map([[genuine.attributes[0]!, group.addG1(point, group.generator1)]]) }),
      changed({ sk2: new Map([[doctor[0]!, point]]) }, doctor),
      changed(secretElements(borrowed, group), doctor),
      borrowed,
    ];
    try {
      for (const key of wrong) {
        answer = () => key.toBytes();
        await expectCode("abe-key-invalid", () => requester.collectKey());
        await expectCode("key-missing", () => requester.attributeKey());
      }
      answer = () => genuine.toBytes();
      expect(await requester.collectKey()).to.deep.equal(genuine.attributes);
    } finally {
      await line.close();
    }
  });

  it("Diptych: a key on its way to somebody opens for nobody else and for no other request", async () => {
    const { world } = await stage();
    const { chains, gatewayUrl: gateway } = world;
    let last: Uint8Array | undefined;
    const line = await onTheLine({
      issueKey: async (request) => {
        const sealed = await world.authority.issueKey(request);
        const replayed = last;
        last = sealed;
        return replayed ?? sealed;
      },
    });
    try {
      const make = () =>
        Requester.open({
          keyStore: memoryKeyStore(),
          chains,
          account: Wallet.createRandom(),
          authority: line.url,
          gateway,
        });
      const first = await make();
      await first.collectKey();
      await expectCode("seal-open-failed", () => first.collectKey());
      await expectCode("seal-open-failed", async () => (await make()).collectKey());
    } finally {
      await line.close();
    }
  });

  it("Diptych: every changed capsule is refused alike, and tells nothing", async () => {
    const { publicKey, masterKey } = await setUpAuthority();
    const user = await makeKey(publicKey, masterKey, ["role:doctor"]);
    const ad = utf8("place");
    const { capsule, key } = await encapsulate(publicKey, "role:doctor", ad);
    expect(await decapsulate(publicKey, user, capsule, ad)).to.deep.equal(key);
    const parts = readCapsule(capsule);
    const pointsAt = capsule.length - parts.ct1.length - 96 * parts.ct2.length - 48 * parts.ct3.length;
    const messages = new Set<string>();
    const refuse = async (changed: Uint8Array, context = ad) => {
      const error = await expectCode("abe-decapsulation-failed", () =>
        decapsulate(publicKey, user, changed, context),
      );
      messages.add(error.message);
    };
    const flip = (at: number) => capsule.map((byte, i) => (i === at ? byte ^ 0x5a : byte));
    for (let at = pointsAt - 32; at < pointsAt; at += 7) await refuse(flip(at));
    // Whole points in the place of points: well-formed, of the right group, another's.
    const other = await encapsulate(publicKey, "role:doctor", ad);
    for (const [from, to] of [
      [pointsAt - 32, pointsAt],
      [pointsAt, pointsAt + 96],
      [pointsAt + 96, pointsAt + 192],
      [pointsAt + 192, pointsAt + 240],
    ] as const) {
      const mixed = capsule.slice();
      mixed.set(other.capsule.subarray(from, to), from);
      await refuse(mixed);
    }
    await refuse(capsule, utf8("another place"));
    expect(messages.size).to.equal(1);
  });
});
