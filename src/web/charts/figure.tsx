import type { ComponentChildren } from 'preact';
import { type Fen, showYuan } from '../../core/money.js';
import type { AmountUnit } from './amounts.js';

/** What every picture is told. */
export interface ChartProps {
  /** Unique on the page: ids inside the picture begin with it. */
  readonly id: string;
  readonly title: string;
  /** 口径: what the figures mean, from which records, as of when. */
  readonly basis: string;
  readonly unit: AmountUnit;
}

/** A size for which a picture is drawn. A page holds both drawings, and charts.css shows the one that fits. */
export interface Plate {
  readonly name: 'wide' | 'narrow';
  /** In units of the viewBox, about CSS pixels. */
  readonly width: number;
  readonly fontSize: number;
  readonly lineHeight: number;
  /** Prefix of the ids in this drawing. */
  readonly id: string;
}

const SIZES = [
  { name: 'wide', width: 880, fontSize: 14, lineHeight: 18 },
  { name: 'narrow', width: 360, fontSize: 12, lineHeight: 15 },
] as const;

export interface Drawing {
  readonly height: number;
  readonly content: ComponentChildren;
  readonly hasLinks?: boolean;
}

export type Cell = string | { readonly fen: Fen };

/** The data behind a picture. Cells with `fen` are amounts, written in 元 to the 分. */
export interface DataTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Columns besides the amounts that hold figures. */
  readonly numeric?: readonly string[];
}

interface PictureProps {
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly class: string;
  /** A picture with links inside is a group: to assistive technology the inside of an image does not exist. */
  readonly hasLinks?: boolean;
  readonly children: ComponentChildren;
}

/** One inline SVG with its name and description. */
export function Picture(props: PictureProps) {
  const { title, description, width, height } = props;
  return (
    <svg
      class={props.class}
      role={props.hasLinks ? 'group' : 'img'}
      viewBox={`0 0 ${width} ${Math.ceil(height)}`}
      width={width}
      height={Math.ceil(height)}
      xmlns="http://www.w3.org/2000/svg"
    >
      <title>{title}</title>
      <desc>{description}</desc>
      {props.children}
    </svg>
  );
}

function Table({ caption, head, rows, numeric = [] }: DataTable) {
  const isFigure = (cell: Cell | undefined, column: number) =>
    typeof cell === 'object' || numeric.includes(head[column] ?? '');
  return (
    <table class="chart-table">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((label, column) => (
            <th
              key={label}
              scope="col"
              class={isFigure(rows[0]?.[column], column) ? 'chart-amount' : undefined}
            >
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index}>
            {row.map((cell, column) => {
              const text = typeof cell === 'object' ? showYuan(cell.fen) : cell;
              if (column === 0) return <th scope="row">{text}</th>;
              return <td class={isFigure(cell, column) ? 'chart-amount' : undefined}>{text}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface FigureProps extends ChartProps {
  /** What the picture shows in a sentence or two, with its main figures. */
  readonly description: string;
  readonly draw: (plate: Plate) => Drawing;
  readonly tables: readonly DataTable[];
}

/** A picture at both sizes with its caption, its 口径 and its data as tables. */
export function Figure({ id, title, basis, unit, description, draw, tables }: FigureProps) {
  return (
    <figure class="chart" id={id}>
      <figcaption class="chart-caption">
        <span class="chart-title">{title}</span>
        <span class="chart-basis">
          口径：{basis}　单位：{unit}
        </span>
      </figcaption>
      {SIZES.map((size) => {
        const { height, content, hasLinks } = draw({ ...size, id: `${id}-${size.name}` });
        return (
          <Picture
            key={size.name}
            class={`chart-picture chart-${size.name}`}
            width={size.width}
            {...{ title, description, height, hasLinks }}
          >
            {content}
          </Picture>
        );
      })}
      <details class="chart-data">
        <summary>数据表</summary>
        {/* biome-ignore lint/a11y/useSemanticElements: a place that scrolls by keys, not a set of form fields */}
        <div role="group" class="chart-scroll" aria-label={`${title}：数据表`} tabIndex={0}>
          {tables.map((table) => (
            <Table key={table.caption} {...table} />
          ))}
        </div>
      </details>
    </figure>
  );
}

/** What a picture without data shows. */
export const emptyDrawing = ({ width, fontSize }: Plate): Drawing => ({
  height: 72,
  content: (
    <text class="chart-soft" x={width / 2} y={40} font-size={fontSize} text-anchor="middle">
      暂无数据
    </text>
  ),
});

/** Only places of this site: a path, a query or a fragment. */
export const isLocalHref = (href: string | undefined): href is string =>
  href !== undefined && /^(\/(?![/\\])|[?#])[^\s\\]*$/.test(href);

/** Children as a link where there is a place to go, or else as they are. */
export function Linked({ href, children }: { readonly href?: string; readonly children: ComponentChildren }) {
  if (!isLocalHref(href)) return <g>{children}</g>;
  return (
    <a class="chart-link" href={href}>
      {children}
    </a>
  );
}

interface HatchProps {
  readonly id: string;
  /** Class that colours the stripes by `stroke` and the ground by `fill`. */
  readonly class: string;
  readonly gap?: number;
  readonly turn?: number;
}

/** Stripes, for a surface that must differ without its colour. Use as `fill={hatchOf(id)}`. */
export function Hatch({ id, class: look, gap = 6, turn = 45 }: HatchProps) {
  return (
    <pattern
      id={id}
      width={gap}
      height={gap}
      patternUnits="userSpaceOnUse"
      patternTransform={`rotate(${turn})`}
    >
      <rect class={`${look} chart-hatch-ground`} width={gap} height={gap} />
      <line
        class={`${look} chart-hatch-line`}
        x1={gap / 2}
        y1={0}
        x2={gap / 2}
        y2={gap}
        stroke-width={gap / 2.4}
      />
    </pattern>
  );
}
