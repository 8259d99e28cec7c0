/** Japanese titles name things without spaces between words: the words that drawings know, for what stands in them. */
const NAMED = Object.entries({
  // what comes first is found first: a case for a camera is no camera
  "カメラケース": "gear-case",
  "カメラショルダーバッグ": "gear-shoulder blue",
  "カメラスリングバッグ": "gear-sling green",
  "カメラバックパック": "gear-pack orange",
  "インスタントカメラ": "gear-instant",
  "コンパクトカメラ": "gear-compact",
  "カメラ": "gear-camera",
  "フィルター": "gear-filter",
  "レンズ": "gear-lens",
  "バッテリー": "gear-battery",
  "充電器": "gear-charger white",
  "SDXCカード": "gear-sd blue",
  "三脚": "gear-tripod",
  "ストラップ": "gear-strap",
  "クロス": "gear-cloth green",
  "ブロアー": "gear-blower red",
  "クリーニングキット": "gear-kit blue",
  "リモコン": "gear-remote black",
  "フィルム": "gear-film",
  "アルバム": "album",
  "詰め替え": "care-refill",
  "シャンプー": "care-pump",
  "トリートメント": "care-treatment",
  "ヘアオイル": "care-oil gold",
  "ヘアミルク": "care-tube",
  "ヘアマスク": "care-jar",
  "ワックス": "care-jar",
  "スプレー": "care-spray",
  "ブラシ": "care-brush brown",
  "タオル": "care-towel green",
  "ナイトキャップ": "care-cap purple",
  "ドライヤー": "care-dryer",
  "クラウド": "plan-cloud blue",
  "新聞": "plan-paper",
});
const COLOURED = Object.entries({ "ハルカ": "black", "ミナモ": "silver", "ぽとり": "yellow", "つむぎ": "pink", "しらつゆ": "turquoise", "そよぎ": "purple", "アルミ": "silver", "カーボン": "black", "本革": "brown", "布": "blue", "頭皮": "turquoise" });

/** Return the words for a Japanese title, or the title itself where it is none. */
export function inDrawnWords(title) {
  const thing = NAMED.find(([name]) => title.includes(name));
  const colour = COLOURED.find(([name]) => title.includes(name));
  return thing ? `${colour?.[1] ?? ""} ${thing[1]}` : title;
}
