export * from '../core/fields.js';
