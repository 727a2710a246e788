// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IReceiptAnchors} from "./interfaces/IReceiptAnchors.sol";

/// @title ReceiptAnchors
/// @notice See {IReceiptAnchors}. Who is a gate, and the EIP-712 domain, are the inheriting contract's.
abstract contract ReceiptAnchors is IReceiptAnchors, EIP712 {
  bytes32 private constant RECEIPT_TYPEHASH = keccak256(
    "Receipt(bytes32 requestId,bytes32 ledgerRecordId,uint64 version,uint64 time)"
  );

  /// @dev gate => root => when it was anchored; zero if it wasn't
  mapping(address gate => mapping(bytes32 root => uint64 time)) private _anchoredAt;

  /// @inheritdoc IReceiptAnchors
  function anchorReceipts(bytes32 root, uint32 count) external {
    _checkGate(msg.sender);
    if (root == 0 || count == 0) revert ReceiptAnchorsBatchEmpty();
    if (_anchoredAt[msg.sender][root] != 0) revert ReceiptAnchorsRootTwice(root);
    _anchoredAt[msg.sender][root] = uint64(block.timestamp);
    emit ReceiptsAnchored(msg.sender, root, count);
  }

  /// @inheritdoc IReceiptAnchors
  function receiptsAnchoredAt(address gate, bytes32 root) external view returns (uint64 time) {
    return _anchoredAt[gate][root];
  }

  /// @inheritdoc IReceiptAnchors
  function receiptAnchored(
    address gate,
    bytes32 root,
    Receipt calldata receipt,
    bytes32[] calldata proof
  ) external view returns (bool anchored) {
    if (_anchoredAt[gate][root] == 0) return false;
    bytes32 digest = _hashTypedDataV4(
      keccak256(
        abi.encode(RECEIPT_TYPEHASH, receipt.requestId, receipt.ledgerRecordId, receipt.version, receipt.time)
      )
    );
    return MerkleProof.verifyCalldata(proof, root, keccak256(abi.encode(digest)));
  }

  /// @dev Must fail unless the account is a registered gate.
  function _checkGate(address account) internal view virtual;
}
