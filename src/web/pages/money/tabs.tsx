import { Tabs } from '../../components/notice.js';

/** The two ways to look at what was passed down. */
export const AllotmentTabs = ({ bookId, current }: { bookId: string; current: 'list' | 'tree' }) => (
  <Tabs
    items={[
      { label: '列表', href: `/books/${bookId}/allotments`, isCurrent: current === 'list' },
      { label: '下达树', href: `/books/${bookId}/allotments/tree`, isCurrent: current === 'tree' },
    ]}
  />
);
