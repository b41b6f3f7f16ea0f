import t from 'tap';
import { placeOfBooks, placesText, placeText } from '../../src/web/places.js';

t.test('a place has its name first, and its code as an aside', async (t) => {
  const placeOf = placeOfBooks([{ divisionCode: '510105', bureauName: '青羊区民政局' }]);
  t.equal(placeOf('510105'), '青羊区民政局（510105）');
  t.equal(placeOf('420106'), '湖北省（区划 420106）', 'a place without a book at hand');
  t.equal(placeText('51'), '四川省');
  t.equal(placeText('530000'), '云南省');
  t.equal(placeText('4201'), '湖北省（区划 4201××）');
  t.equal(placeText('99'), '区划 99××××', 'no such province');
  t.equal(placesText([]), '全国');
  t.equal(placesText(['51', '']), '四川省、其他地区');
});
