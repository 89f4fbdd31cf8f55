import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import { Counter } from 'prom-client';
import { ENDPOINT_TYPE_LABELS, type EndpointTypeLabel, FILE_TYPE_LABELS } from './labels.js';

const FILES = 'tech_spec_code_analysis_files_total';
const COMPONENTS = 'tech_spec_code_analysis_components_total';
const ENDPOINTS = 'tech_spec_api_endpoints_inferred_total';
const FILE_TYPES: ReadonlySet<string> = new Set(FILE_TYPE_LABELS);

export const CODE_METRICS = [
  makeCounterProvider({ name: FILES, help: 'Files analysed, by language.', labelNames: ['file_type'] }),
  makeCounterProvider({ name: COMPONENTS, help: 'Components found in analysed code.' }),
  makeCounterProvider({ name: ENDPOINTS, help: 'API endpoints inferred from code.', labelNames: ['endpoint_type'] }),
];

/** Analyses of code that came to their end. */
@Injectable()
export class CodeMetrics implements OnModuleInit {
  constructor(
    @InjectMetric(FILES) private readonly files: Counter,
    @InjectMetric(COMPONENTS) private readonly found: Counter,
    @InjectMetric(ENDPOINTS) private readonly inferred: Counter,
  ) {}

  onModuleInit(): void {
    for (const file_type of FILE_TYPE_LABELS) this.files.inc({ file_type }, 0);
    for (const endpoint_type of ENDPOINT_TYPE_LABELS) this.inferred.inc({ endpoint_type }, 0);
  }

  /** @param filesByType files by language; one outside of the closed set counts as `Other` */
  analysed(filesByType: Readonly<Record<string, number>>): void {
    for (const [language, count] of Object.entries(filesByType))
      this.files.inc({ file_type: FILE_TYPES.has(language) ? language : 'Other' }, count);
  }

  components(count: number): void {
    this.found.inc(count);
  }

  endpoint(type: EndpointTypeLabel): void {
    this.inferred.inc({ endpoint_type: type });
  }
}
