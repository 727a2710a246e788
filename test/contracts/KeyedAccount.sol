// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @title An account that is a contract: it does what its keeper sends, and has signed what its keeper signed (ERC-1271)
contract KeyedAccount {
  address public keeper;

  error NotKeeper();

  constructor(address first) {
    keeper = first;
  }

  /// Gives the account another keeper; what the one before signed holds no longer.
  function keep(address next) external {
    if (msg.sender != keeper) revert NotKeeper();
    keeper = next;
  }

  function act(address to, bytes calldata data) external {
    if (msg.sender != keeper) revert NotKeeper();
    (bool ok, bytes memory answer) = to.call(data);
    if (ok) return;
    assembly ("memory-safe") {
      revert(add(answer, 32), mload(answer))
    }
  }

  function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
    (address signer, ECDSA.RecoverError error, ) = ECDSA.tryRecover(hash, signature);
    return error == ECDSA.RecoverError.NoError && signer == keeper ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
  }
}
