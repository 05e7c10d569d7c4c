export * from './answers.js';
export * from './client.js';
export * from './fields.js';
export * from './file-formats.js';
export * from './notification.js';
export * from './paths.js';
export { post, type PostOutcome, type PostRequest } from './post.js';
export * from './requests.js';
export { Signer, signedPrefix, Verifier, type KeysByVersion, type SignedParts } from './signing.js';
