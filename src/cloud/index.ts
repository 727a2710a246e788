/**
 * Where ciphertext lies: manifests, objects, archives, and stores of IPFS blocks. The store on disk is in embedded.ts.
 *
 * @module
 */
export {
  type BlockStore,
  type Pin,
  type StoreBackend,
  VerifyingBlockStore,
} from "./blockStore.ts";
export {
  type Block,
  CID,
  type GetBlock,
  MAX_BLOCK_SIZE,
  makeBlock,
  multihashKey,
  parseCid,
  verifyBlock,
} from "./blocks.ts";
export { type CarContents, carBytes, type ReadOptions, readCar, writeCar } from "./car.ts";
export type {
  Blocks,
  FetchOrder,
  KeepOrder,
  OwnerFetchOrder,
  RootOrder,
  Signed,
  UploadOrder,
} from "./gatewayClient.ts";
export type { Transferring } from "./http.ts";
export { type Letter, LetterboxClient, letterboxOf } from "./letterboxClient.ts";
export {
  decodeManifest,
  encodeManifest,
  type Manifest,
  manifestLinks,
  manifestUrl,
  parseManifestUrl,
} from "./manifest.ts";
export { MemoryBlockStore } from "./memoryStore.ts";
export { CHUNK_SIZE, objectToBlocks, readObject, readObjectStream, type StoredObject } from "./objects.ts";
export { type Limits, linksOf, reachableFrom, walkCids, walkDag } from "./walk.ts";
