/** An account whose transactions survive a stop: it signs as ever, and sends through an outbox. */
import {
  AbstractSigner,
  type Provider,
  type Signer,
  type TransactionRequest,
  type TransactionResponse,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import type { Outbox } from "./outbox.ts";

export class JournaledSigner extends AbstractSigner {
  private readonly signer: Signer;
  private readonly outbox: Outbox;

  constructor(signer: Signer, outbox: Outbox) {
    super(signer.provider);
    this.signer = signer;
    this.outbox = outbox;
  }

  override getAddress(): Promise<string> {
    return this.signer.getAddress();
  }

  override connect(provider: Provider | null): Signer {
    return new JournaledSigner(this.signer.connect(provider), this.outbox);
  }

  override signTransaction(request: TransactionRequest): Promise<string> {
    return this.signer.signTransaction(request);
  }

  override sendTransaction(request: TransactionRequest): Promise<TransactionResponse> {
    return this.outbox.send(this.signer, request);
  }

  override signMessage(message: string | Uint8Array): Promise<string> {
    return this.signer.signMessage(message);
  }

  override signTypedData(
    domain: TypedDataDomain,
    fields: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> {
    return this.signer.signTypedData(domain, fields, value);
  }
}
