import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Services } from '../types.ts';
import { type ImageContents, type PreparedImage, prepareImage } from './machine/image.ts';

/** Any image that is not named below. */
const ECS_OPTIMIZED: ImageContents = {
  packages: [],
  enabledUnits: ['docker.service', 'ecs.service', 'cloud-final.service'],
};

/** Images with contents of their own, by name. */
const BY_NAME: Readonly<Record<string, ImageContents>> = {
  'todobackend-ecs': {
    overlay: fileURLToPath(new URL('../../examples/todobackend/image', import.meta.url)),
    packages: ['aws-cfn-bootstrap', 'amazon-cloudwatch-agent'],
    enabledUnits: ['docker.service', 'cloud-final.service'],
  },
};

/** Prepares each image once, below `dir`. */
export function createMachineImages(dir: string, options: { oneUser: boolean }) {
  const prepared = new Map<string, Promise<PreparedImage>>();
  return {
    async prepare(ec2: Services['ec2'], imageId: string): Promise<PreparedImage> {
      const { Images } = await ec2.describeImages({ Filters: [{ Name: 'image-id', Values: [imageId] }] });
      const name = Images?.[0]?.Name ?? '';
      const contents = BY_NAME[name] ?? ECS_OPTIMIZED;
      const key = contents === ECS_OPTIMIZED ? 'ecs-optimized' : name;
      let image = prepared.get(key);
      if (image === undefined) {
        image = prepareImage(join(dir, key), contents, options);
        prepared.set(key, image);
      }
      return image;
    },
    /** For when no host runs any more. */
    async remove(): Promise<void> {
      await Promise.allSettled(prepared.values());
      await rm(dir, { recursive: true, force: true });
    },
  };
}
