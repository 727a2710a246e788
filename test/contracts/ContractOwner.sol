// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

/// @title A wallet that is a contract and answers ERC-1271, honestly or not
contract ContractOwner {
  bytes4 private constant VALID = 0x1626ba7e;

  /// How it answers: as its keeper said, or by trying something else first.
  enum Manner {
    Honest,
    Short,
    Reverting,
    CallingBack,
    WrongWord
  }

  Manner public manner;
  mapping(bytes32 hash => bool approved) public approved;
  address public target;
  bytes public call;

  function approve(bytes32 hash) external {
    approved[hash] = true;
  }

  function behave(Manner how, address to, bytes calldata data) external {
    manner = how;
    target = to;
    call = data;
  }

  /// Acts by itself, as an owner without a relayer.
  function act(address to, bytes calldata data) external {
    (bool ok, bytes memory answer) = to.call(data);
    if (ok) return;
    assembly ("memory-safe") {
      revert(add(answer, 32), mload(answer))
    }
  }

  function isValidSignature(bytes32 hash, bytes calldata) external returns (bytes4 answer) {
    if (manner == Manner.Reverting) revert("no");
    if (manner == Manner.WrongWord) return 0xffffffff;
    if (manner == Manner.Short) {
      assembly ("memory-safe") {
        mstore(0, shl(224, 0x1626ba7e))
        return(0, 4)
      }
    }
    if (manner == Manner.CallingBack) {
      // Whatever comes of it: says yes.
      (bool ok, ) = target.call(call);
      return ok ? VALID : bytes4(0xdeadbeef);
    }
    return approved[hash] ? VALID : bytes4(0);
  }
}
