/** What stands in the invented newspaper. `drawn`: what its picture is drawn from. */
export const ARTICLES = [
  {
    drawn: "カメラ",
    ja: { title: "窓ぎわの光で撮る", lead: "照明がなくても、朝の窓がひとつあれば十分です。", text: ["カーテン越しの光は、どんな照明よりやわらかく回ります。被写体を窓から一歩離し、斜めから光が入る向きに置いてみてください。", "影が濃すぎるときは、白い紙を反対側に立てるだけで表情が変わります。同じ場所を朝と夕方に撮りくらべると、光の色の違いがよくわかります。"] },
    en: { title: "By the light of a window", lead: "No lamp is needed where there is a window in the morning.", text: ["Light through a curtain is softer than any lamp. Move your subject one step away from the window, and let the light come in from the side.", "Where shadows are too deep, a sheet of white paper on the other side changes everything. Take the same place in the morning and in the evening, and compare the colours."] },
  },
  {
    drawn: "レンズ",
    ja: { title: "一本だけ持って出かける", lead: "35mm だけで過ごす日曜日。足がズームになります。", text: ["レンズを替えられない日は、構図を考える時間が増えます。寄るか、引くか。歩いて決めるうちに、町の見え方が変わってきます。", "帰り道には、持ってこなかったレンズのことを忘れているはずです。"] },
    en: { title: "Out with a single lens", lead: "A Sunday with nothing but 35 mm: your feet do the zooming.", text: ["When the lens cannot be changed there is more time to compose. Closer, or further away? Deciding it on foot, you begin to see the town in another way.", "On the way home you will have forgotten the lenses that you left behind."] },
  },
  {
    drawn: "三脚",
    ja: { title: "夜の橋を、ぶらさずに", lead: "三脚を立てる場所で、写真の半分は決まります。", text: ["人の通る真ん中を避け、欄干から少し離して立てます。橋は歩く人の足音でも揺れるので、揺れが収まるのを待つのがこつです。", "二秒のセルフタイマーを使えば、リモコンがなくてもシャッターの揺れを避けられます。"] },
    en: { title: "A bridge at night, without blur", lead: "Where the tripod stands decides half of the picture.", text: ["Keep out of the middle where people walk, and a little away from the railing. A bridge moves with every step: wait until it is still.", "With the self-timer at two seconds you need no remote control."] },
  },
  {
    drawn: "フィルム",
    ja: { title: "手渡すための一枚", lead: "インスタント写真は、撮ったあとの時間まで写します。", text: ["像が浮かび上がるまでの一分間、みんなが同じ一枚をのぞき込みます。その時間こそ、この写真のいちばんいいところかもしれません。", "余白に日付とひとことを書いておくと、何年かあとに効いてきます。"] },
    en: { title: "A picture to hand over", lead: "Instant film also holds the minute after the shutter.", text: ["While the picture comes up, everybody looks at the same small square. Perhaps that minute is the best of it.", "Write the date and a word into the margin: in some years you will be glad."] },
  },
  {
    drawn: "アルバム",
    ja: { title: "年に百枚だけ残す", lead: "消すことは、選ぶことです。", text: ["月末に八枚を選ぶ。それだけで一年に百枚ほどのアルバムになります。似た写真を見くらべるうちに、自分が何を見ていたのかがわかります。", "残りは写真クラウドに置いておけば、急いで消す必要はありません。"] },
    en: { title: "A hundred pictures a year", lead: "To delete is to choose.", text: ["Choose eight at the end of each month: that makes an album of about a hundred. Comparing those that are alike, you find out what you were looking at.", "The others may stay in the cloud; there is no hurry to delete them."] },
  },
  {
    drawn: "ブロアー",
    ja: { title: "五分でできるお手入れ", lead: "吹く、払う、拭く。この順番だけ覚えてください。", text: ["いきなり拭くと、砂ぼこりで傷がつきます。まず下を向けてブロアーで吹き、残ったものをブラシで払い、最後に布でそっと円を描きます。", "海のあとは、固く絞った布でボディを拭いてから乾いた布で仕上げます。"] },
    en: { title: "Five minutes of care", lead: "Blow, brush, wipe: remember the order.", text: ["To wipe first is to scratch with sand. Hold the lens down and blow, brush off what is left, then wipe in small circles.", "After a day by the sea, wipe the body with a damp cloth, and then with a dry one."] },
  },
];
