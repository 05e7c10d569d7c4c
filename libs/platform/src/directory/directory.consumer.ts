import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import {
  directoryAccountChangedV1, directoryApiKeyChangedV1, directoryChainChangedV1, directoryEndpointChangedV1, directoryStoreChangedV1, topics,
} from '@scantill/contracts';
import { Inbox } from '../inbox/inbox.js';
import type { Batch, BatchOutcome } from '../inbox/message.js';
import { on } from '../inbox/route.js';
import { KeepDirectory, type DirectoryChange } from './keep-directory.js';

/** Every service but the owner keeps its part of the directory from these events. */
@Controller()
export class DirectoryConsumer {
  constructor(private readonly inbox: Inbox, private readonly keep: KeepDirectory) {}

  @EventPattern(topics.directory)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, [
      on(directoryChainChangedV1, (data): DirectoryChange => ({ kind: 'chain', id: data.chainId, data }), this.keep),
      on(directoryStoreChangedV1, (data): DirectoryChange => ({ kind: 'store', id: `${data.chainId}:${data.storeId}`, data }), this.keep),
      on(directoryAccountChangedV1, (data): DirectoryChange => ({ kind: 'account', id: data.accountId, data }), this.keep),
      on(directoryApiKeyChangedV1, (data): DirectoryChange => ({ kind: 'api-key', id: data.keyId, data }), this.keep),
      on(directoryEndpointChangedV1, (data): DirectoryChange => ({ kind: 'endpoint', id: data.endpointId, data }), this.keep),
    ]);
  }
}
