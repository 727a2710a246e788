// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {RecordStore} from "./RecordStore.sol";

/// @title Mandates
/// @notice How a relayer shows that it acts for an owner: by that owner's EIP-712 signature, with nonce and deadline, for
/// this contract on this chain.
abstract contract Mandates is RecordStore, EIP712 {
  /// @dev What EIP-712 hashes for a `Publish`.
  struct PublishMessage {
    bytes32 typeHash;
    bytes32 ledgerRecordId;
    uint64 version;
    uint64 epoch;
    bytes32 indexHash;
    bytes32 programHash;
    bytes32 keySet;
    address owner;
    uint256 nonce;
    uint256 deadline;
  }

  bytes32 private constant PUBLISH_TYPEHASH = keccak256(
    "Publish(bytes32 ledgerRecordId,uint64 version,uint64 epoch,bytes32 indexHash,bytes32 programHash,bytes32 keySet,address owner,uint256 nonce,uint256 deadline)"
  );

  /// @notice Signatures are for this contract on this chain.
  /// @param domainName name of the EIP-712 domain; its version is "1"
  constructor(string memory domainName) EIP712(domainName, "1") {}

  /// @dev Fails unless the owner in the mandate signed this, in time, with their next nonce; uses the nonce up. Who
  /// counts as having signed is decided here and nowhere else.
  function _authorize(Mandate calldata mandate, bytes32 structHash) internal {
    if (block.timestamp > mandate.deadline) revert IndexLedgerDeadlinePassed(mandate.deadline);
    address owner = mandate.owner;
    uint64 next = _owners[owner].nonce;
    if (mandate.nonce != next) revert IndexLedgerNonceMismatch(next, mandate.nonce);
    // Before a contract as an owner is asked. It is asked by a static call, so nothing relies on the order.
    _owners[owner].nonce = next + 1;
    if (!SignatureChecker.isValidSignatureNow(owner, _hashTypedDataV4(structHash), mandate.signature)) {
      revert IndexLedgerSignatureInvalid();
    }
  }

  /// @dev The same for a `Publish`.
  function _authorizePublish(
    Mandate calldata mandate,
    bytes32 ledgerRecordId,
    uint64 version,
    uint64 epoch,
    bytes32 indexHash,
    bytes32 programHash,
    bytes32 keySet
  ) internal {
    // In one struct, as ten values at once are more than the stack takes.
    PublishMessage memory message = PublishMessage({
      typeHash: PUBLISH_TYPEHASH,
      ledgerRecordId: ledgerRecordId,
      version: version,
      epoch: epoch,
      indexHash: indexHash,
      programHash: programHash,
      keySet: keySet,
      owner: mandate.owner,
      nonce: mandate.nonce,
      deadline: mandate.deadline
    });
    _authorize(mandate, keccak256(abi.encode(message)));
  }
}
