import type { Candidate } from '../research.types.js';
import { listed, npm, quoted } from './candidate-builder.js';

const FILES = 'the uploaded files and their names';

export const FILE_STORAGE: readonly Candidate[] = [
  npm('file-storage', '@aws-sdk/client-s3', 'Amazon S3', {
    rented: true,
    names: ['amazon s3', 'aws s3', 's3', '@aws-sdk/client-s3'],
    companions: ['@aws-sdk/s3-request-presigner'],
    categoryNeed: quoted(
      1,
      'README.md',
      'You can get signed URL for other S3 operations too, like `PutObjectCommand`.',
      '@aws-sdk/s3-request-presigner',
    ),
    brings: ['an account and a region; life-cycle rules can delete by age', 'other stores speak the same protocol'],
    storesPersonalData: FILES,
  }),
  npm(
    'file-storage',
    'minio',
    'MinIO client',
    {
      names: ['minio'],
      needsOneServerOf: ['minio', 'aws'],
      categoryNeed: quoted(
        1,
        'dist/esm/internal/client.d.mts',
        'presignedPutObject(bucketName: string, objectName: string, expires?: number)',
      ),
      brings: ['works with any store that speaks the S3 protocol'],
      storesPersonalData: FILES,
    },
    'minio',
  ),
  npm('file-storage', '@google-cloud/storage', 'Google Cloud Storage', {
    rented: true,
    categoryNeed: quoted(
      1,
      'build/esm/src/file.d.ts',
      'getSignedUrl(cfg: GetSignedUrlConfig): Promise<GetSignedUrlResponse>;',
    ),
    brings: ['an account and a region; life-cycle rules can delete by age'],
    storesPersonalData: FILES,
  }),
  npm('file-storage', '@azure/storage-blob', 'Azure Blob Storage', {
    rented: true,
    categoryNeed: quoted(
      1,
      'dist/esm/Clients.d.ts',
      'Options to configure {@link BlobClient.generateSasUrl} operation.',
    ),
    brings: ['an account and a region; life-cycle rules can delete by age'],
    storesPersonalData: FILES,
  }),
  ...listed(
    'file-storage',
    'python',
    ['boto3', 'Amazon S3 (boto3)', { names: ['boto3'] }],
    ['minio', 'MinIO client', { names: ['minio'] }],
    ['google-cloud-storage', 'Google Cloud Storage'],
  ),
  ...listed(
    'file-storage',
    'java',
    ['software.amazon.awssdk:s3', 'Amazon S3'],
    ['io.minio:minio', 'MinIO client', { names: ['minio'] }],
  ),
  ...listed(
    'file-storage',
    'go',
    ['github.com/aws/aws-sdk-go-v2/service/s3', 'Amazon S3'],
    ['github.com/minio/minio-go/v7', 'MinIO client', { names: ['minio'] }],
  ),
];
