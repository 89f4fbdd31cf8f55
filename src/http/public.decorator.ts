import { SetMetadata } from '@nestjs/common';

export const PUBLIC = 'techspec:public';

/** A route that needs no key: probes, metrics, documentation. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);
