/** What accounts sign: types and domains as the contracts and the protocol's page fix them. */
import { readdir, readFile } from "node:fs/promises";
import { expect } from "chai";
import { Contract, keccak256, TypedDataEncoder, toUtf8Bytes, Wallet } from "ethers";
import {
  acceptTransferMessage,
  applicationMessage,
  blockMessage,
  checkSigner,
  closeMessage,
  decisionMessages,
  fetchMessage,
  gateMessage,
  indexLedgerAbi,
  indexMessage,
  keepOnlyMessage,
  keyRegistryAbi,
  keyRequestMessage,
  type MessageKind,
  offerTransferMessage,
  openDeskMessage,
  ownerFetchMessage,
  publishMessage,
  receiptMessage,
  recoverSigner,
  revokeGrantMessage,
  signMessage,
  uploadMessage,
} from "../../src/ledger/index.ts";
import { expectCode } from "../expectCode.ts";
import { random32, sides, world } from "../world.ts";

/** Written out by hand: wallets show these names, and services of other versions compute these hashes. */
const kinds: Record<string, [MessageKind<never>, string]> = {
  publish: [
    publishMessage,
    "Publish(bytes32 ledgerRecordId,uint64 version,uint64 epoch,bytes32 indexHash,bytes32 programHash,bytes32 keySet,address owner,uint256 nonce,uint256 deadline)",
  ],
  close: [
    closeMessage,
    "Close(bytes32 ledgerRecordId,uint64 epoch,address owner,uint256 nonce,uint256 deadline)",
  ],
  block: [
    blockMessage,
    "Block(bytes32 ledgerRecordId,address account,bool blocked,address owner,uint256 nonce,uint256 deadline)",
  ],
  revokeGrant: [
    revokeGrantMessage,
    "RevokeGrant(bytes32 requestId,address owner,uint256 nonce,uint256 deadline)",
  ],
  offerTransfer: [
    offerTransferMessage,
    "OfferTransfer(bytes32 ledgerRecordId,address newOwner,address owner,uint256 nonce,uint256 deadline)",
  ],
  acceptTransfer: [
    acceptTransferMessage,
    "AcceptTransfer(bytes32 ledgerRecordId,address owner,uint256 nonce,uint256 deadline)",
  ],
  index: [indexMessage, "Index(bytes32 ledgerRecordId,uint64 version,string cid,bytes32 tag)"],
  fetch: [fetchMessage, "Fetch(string gateway,bytes32 requestId,string cid,uint64 time,bytes32 nonce)"],
  ownerFetch: [ownerFetchMessage, "OwnerFetch(string gateway,string cid,uint64 time,bytes32 nonce)"],
  upload: [
    uploadMessage,
    "Upload(string gateway,string cid,bytes32 tag,address[] owners,uint64 time,bytes32 nonce)",
  ],
  keepOnly: [keepOnlyMessage, "KeepOnly(string gateway,string cid,bytes32 tag,uint64 time,bytes32 nonce)"],
  keyRequest: [keyRequestMessage, "KeyRequest(string authority,bytes32 nonce,bytes hpkeKey,uint64 expiry)"],
  application: [
    applicationMessage,
    "Application(string authority,string[] attributes,string evidence,bytes32 nonce,uint64 expiry)",
  ],
  openDesk: [openDeskMessage, "OpenDesk(string authority,bytes32 nonce,uint64 expiry)"],
  approve: [
    decisionMessages.approve,
    "Approve(string authority,string request,address account,string[] attributes,uint64 until,bytes32 nonce,uint64 expiry)",
  ],
  certify: [
    decisionMessages.certify,
    "Certify(string authority,string request,string subject,bytes32 requestHash,uint64 until,bytes32 nonce,uint64 expiry)",
  ],
  refuse: [
    decisionMessages.refuse,
    "Refuse(string authority,string request,string reason,bytes32 nonce,uint64 expiry)",
  ],
  revokeAttributes: [
    decisionMessages["revoke-attributes"],
    "RevokeAttributes(string authority,address account,string[] attributes,bytes32 nonce,uint64 expiry)",
  ],
  revokeCertificate: [
    decisionMessages["revoke-certificate"],
    "RevokeCertificate(string authority,bytes32 fingerprint,bytes32 nonce,uint64 expiry)",
  ],
  gate: [gateMessage, "Gate(address account,bytes hpkeKey)"],
  receipt: [receiptMessage, "Receipt(bytes32 requestId,bytes32 ledgerRecordId,uint64 version,uint64 time)"],
};

describe("ledger: typed data", () => {
  for (const [name, [kind, type]] of Object.entries(kinds))
    it(`${name}: the type is ${type.slice(0, type.indexOf("("))}(…), as documented`, () => {
      const primary = type.slice(0, type.indexOf("("));
      expect(Object.keys(kind.types)).to.deep.equal([primary]);
      expect(TypedDataEncoder.from(kind.types).encodeType(primary)).to.equal(type);
    });

  it("no two kinds can be taken for one another", () => {
    const hashes = Object.values(kinds).map(([, type]) => keccak256(toUtf8Bytes(type)));
    expect(new Set(hashes).size).to.equal(hashes.length);
  });

  it("the contract's type strings are these, word for word", async () => {
    const folder = new URL("../../contracts/", import.meta.url);
    const files = (await readdir(folder)).filter((name) => name.endsWith(".sol"));
    const source = (await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")))).join(
      "\n",
    );
    // Long ones are written in pieces.
    const strings = [...source.matchAll(/keccak256\(((?:\s*"[^"]+")+)\s*\)/g)]
      .map((match) => match[1]!.replace(/"\s*"/g, "").trim().slice(1, -1))
      .filter((text) => text.includes("("));
    const acts = ["publish", "close", "block", "revokeGrant", "offerTransfer", "acceptTransfer"];
    acts.push("gate", "receipt");
    expect(strings).to.have.members(acts.map((name) => kinds[name]![1]));
  });

  it("the domain is the one that each ledger tells of itself (ERC-5267)", async () => {
    const { chains } = await world();
    for (const side of sides) {
      const chain = chains[side];
      const ledger = new Contract(chain.ledger, indexLedgerAbi, chain.provider);
      const [fields, name, version, chainId, verifyingContract, salt, extensions] =
        await ledger.getFunction("eip712Domain")();
      expect([fields, BigInt(salt), [...extensions]]).to.deep.equal(["0x0f", 0n, []]);
      const own = publishMessage.domain(chain);
      expect({ ...own, chainId: BigInt(own.chainId!) }).to.deep.equal({
        name,
        version,
        chainId,
        verifyingContract,
      });
      for (const kind of [
        closeMessage,
        blockMessage,
        revokeGrantMessage,
        offerTransferMessage,
        acceptTransferMessage,
        indexMessage,
        fetchMessage,
        ownerFetchMessage,
        uploadMessage,
        keepOnlyMessage,
      ])
        expect(kind.domain(chain)).to.deep.equal(own);
      for (const kind of [
        keyRequestMessage,
        applicationMessage,
        openDeskMessage,
        ...Object.values(decisionMessages),
      ])
        expect(kind.domain(chain)).to.deep.equal({
          name: "Diptych Authority",
          version: "1",
          chainId: chain.chainId,
          verifyingContract: chain.attributeRegistry,
        });
    }
  });

  it("the key registry tells of its domain too", async () => {
    const { chains } = await world();
    for (const side of sides) {
      const chain = chains[side];
      const registry = new Contract(chain.keyRegistry, keyRegistryAbi, chain.provider);
      const [fields, name, version, chainId, verifyingContract] =
        await registry.getFunction("eip712Domain")();
      for (const kind of [gateMessage, receiptMessage]) {
        const own = kind.domain(chain);
        const told = { name, version, chainId, verifyingContract };
        expect(["0x0f", { ...own, chainId: BigInt(own.chainId!) }]).to.deep.equal([fields, told]);
      }
    }
  });

  it("a signature holds for its message, chain, contract and account only", async () => {
    const { chains } = await world();
    const wallet = Wallet.createRandom();
    const value = { gateway: "https://a.example", cid: "bafy", tag: random32(), time: 5, nonce: random32() };
    const signature = await signMessage(wallet, keepOnlyMessage, chains.storage, value);
    checkSigner(keepOnlyMessage, chains.storage, value, signature, wallet.address);
    checkSigner(keepOnlyMessage, chains.storage, value, signature, wallet.address.toLowerCase());
    const elsewhere = { ...chains.storage, ledger: chains.storage.keyRegistry };
    const attempts = [
      () => checkSigner(uploadMessage, chains.storage, { ...value, owners: [] }, signature, wallet.address),
      () => checkSigner(keepOnlyMessage, chains.shared, value, signature, wallet.address),
      () => checkSigner(keepOnlyMessage, elsewhere, value, signature, wallet.address),
      () => checkSigner(keepOnlyMessage, { ...chains.storage, chainId: 1 }, value, signature, wallet.address),
      () => checkSigner(keepOnlyMessage, chains.storage, { ...value, time: 6 }, signature, wallet.address),
      () => checkSigner(keepOnlyMessage, chains.storage, value, signature, Wallet.createRandom().address),
      () => recoverSigner(keepOnlyMessage, chains.storage, value, "0x12"),
      () => recoverSigner(keepOnlyMessage, chains.storage, value, `0x${"00".repeat(65)}`),
      () => recoverSigner(keepOnlyMessage, chains.storage, value, "no hex"),
    ];
    for (const attempt of attempts) await expectCode("signature-invalid", attempt);
  });
});
