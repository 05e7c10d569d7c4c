import { Controller, Get, Header, HttpCode, HttpStatus, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { acceptQuery, fileParams, filesQuery, importQuery, type FilesQuery, type FilesView, type FileView, type ImportView } from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AcceptFile } from '../flows/accept-file.js';
import { CancelImport } from '../flows/cancel-import.js';
import { FindFiles } from '../flows/find-files.js';
import { ReceiveFile } from '../flows/receive-file.js';
import type { ImportEnd } from '../flows/run-imports.js';
import { acceptRefused, cancelRefused, fileRefused, notReceived } from './file-refused.js';
import { toFileSummary, toFileView, toImportView } from './file-views.js';
import { refuseStoreKeys } from './store-keys.js';
import { uploadedFile } from './upload.js';

type FileParams = z.infer<typeof fileParams>;

@Controller('v1/files')
export class FilesController {
  constructor(private readonly receiveFile: ReceiveFile, private readonly findFiles: FindFiles, private readonly cancelImport: CancelImport, private readonly acceptFile: AcceptFile) {}

  @Post()
  @Needs('reports')
  async receive(
    @Req() request: FastifyRequest,
    @Query({ schema: importQuery }) query: z.infer<typeof importQuery>,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportView | FileView> {
    refuseStoreKeys(caller);
    const startedAtMs = performance.now();
    const { name, content } = await uploadedFile(request, query.name);
    const received = await this.receiveFile.run({
      name, content, chainId: caller.chainId, source: 'upload', sourcePath: null, accountTold: query.account ?? null, by: caller.owner.name,
    });
    if (!received.ok) throw notReceived(received.error);
    const { fileId, end } = received.value;
    const ended = await within(end, query.waitSeconds * 1_000);
    return this.answer({ fileId, ended, startedAtMs }, caller, reply);
  }

  @Get()
  @Needs('reports')
  async list(@Query({ schema: filesQuery }) { after, limit, ...filter }: FilesQuery, @Caller() caller: ApiKey): Promise<FilesView> {
    refuseStoreKeys(caller);
    const page = await this.findFiles.page({ ...filter, chainId: caller.chainId }, after, limit);
    return { files: page.map(toFileSummary), next: page.length < limit ? null : page.at(-1)?.id ?? null };
  }

  @Get(':fileId')
  @Needs('reports')
  async show(@Param({ schema: fileParams }) { fileId }: FileParams, @Caller() caller: ApiKey): Promise<FileView> {
    return toFileView(await this.known(fileId, caller));
  }

  @Get(':fileId/content')
  @Needs('reports')
  @Header('x-content-type-options', 'nosniff')
  async content(@Param({ schema: fileParams }) { fileId }: FileParams, @Caller() caller: ApiKey): Promise<StreamableFile> {
    const file = await this.known(fileId, caller);
    // The name is anything that somebody once sent.
    const name = file.name.replace(/[^A-Za-z0-9_.-]/g, '_');
    return new StreamableFile(this.findFiles.content(file), { type: 'application/octet-stream', disposition: `attachment; filename="${name}"`, length: Number(file.bytes) });
  }

  @Post(':fileId/cancel')
  @HttpCode(HttpStatus.ACCEPTED)
  @Needs('reports')
  async cancel(@Param({ schema: fileParams }) { fileId }: FileParams, @Caller() caller: ApiKey): Promise<FileView> {
    refuseStoreKeys(caller);
    const cancelled = await this.cancelImport.run(caller.chainId, fileId, caller.owner);
    if (!cancelled.ok) throw cancelRefused(cancelled.error);
    return toFileView(cancelled.value);
  }

  @Post(':fileId/accept')
  @Needs('resolve')
  async accept(@Param({ schema: fileParams }) { fileId }: FileParams, @Query({ schema: acceptQuery }) { waitSeconds }: z.infer<typeof acceptQuery>, @Caller() caller: ApiKey, @Res({ passthrough: true }) reply: FastifyReply): Promise<ImportView | FileView> {
    refuseStoreKeys(caller);
    const startedAtMs = performance.now();
    const accepted = await this.acceptFile.run(caller.chainId, fileId, caller.owner);
    if (!accepted.ok) throw acceptRefused(accepted.error);
    const ended = await within(accepted.value, waitSeconds * 1_000);
    return this.answer({ fileId, ended, startedAtMs }, caller, reply);
  }

  /** What became of an import as far as it is known by now. */
  private async answer({ fileId, ended, startedAtMs }: { readonly fileId: string; readonly ended: ImportEnd | undefined; readonly startedAtMs: number }, caller: ApiKey, reply: FastifyReply): Promise<ImportView | FileView> {
    switch (ended?.kind) {
      case 'imported':
        void reply.status(ended.imported.isKnown ? HttpStatus.OK : HttpStatus.CREATED);
        return toImportView(ended.imported, Math.round(performance.now() - startedAtMs));
      case 'refused': throw fileRefused(ended.refusal);
      case 'cancelled': throw new ProblemException('file.cancelled');
      default:
        void reply.status(HttpStatus.ACCEPTED).header('location', `/v1/files/${fileId}`);
        return this.show({ fileId }, caller);
    }
  }

  private async known(fileId: string, caller: ApiKey) {
    refuseStoreKeys(caller);
    const file = await this.findFiles.one(caller.chainId, fileId);
    if (file === undefined) throw new ProblemException('file.not-found');
    return file;
  }
}

/** Undefined when it takes longer. */
async function within<Value>(work: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => { timer = setTimeout(() => resolve(undefined), ms); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
