// Shortcodes that are known here; any other is shown as it is written.

const TABLE = `
+1👍 -1👎 thumbsup👍 thumbsdown👎 ok_hand👌 wave👋 clap👏 raised_hands🙌 pray🙏 muscle💪 point_right👉 point_left👈 point_up☝️
point_down👇 handshake🤝 writing_hand✍️ eyes👀 smile😄 smiley😃 grinning😀 slightly_smiling_face🙂 wink😉 joy😂 blush😊 heart_eyes😍
thinking_face🤔 neutral_face😐 worried😟 cry😢 sob😭 sweat_smile😅 partying_face🥳 zzz💤 sleeping😴 face_with_thermometer🤒
heart❤️ broken_heart💔 star⭐ star2🌟 sparkles✨ fire🔥 zap⚡ boom💥 tada🎉 confetti_ball🎊 balloon🎈 trophy🏆 medal🏅
white_check_mark✅ heavy_check_mark✔️ ballot_box_with_check☑️ x❌ negative_squared_cross_mark❎ no_entry⛔ no_entry_sign🚫
warning⚠️ exclamation❗ question❓ grey_question❔ bangbang‼️ bulb💡 rotating_light🚨 bell🔔 no_bell🔕 loudspeaker📢 mega📣
information_source ℹ️ red_circle🔴 large_blue_circle🔵 large_green_circle🟢 large_yellow_circle🟡 large_orange_circle🟠 white_circle⚪
black_circle⚫ large_red_square🟥 large_green_square🟩 large_yellow_square🟨 arrow_right➡️ arrow_left⬅️ arrow_up⬆️ arrow_down⬇️
arrows_counterclockwise🔄 arrows_clockwise🔃 repeat🔁 leftwards_arrow_with_hook↩️ recycle♻️ hourglass⌛ hourglass_flowing_sand⏳
stopwatch⏱️ timer_clock⏲️ alarm_clock⏰ clock1🕐 clock3🕒 clock9🕘 calendar📅 date📅 spiral_calendar_pad🗓️ sunrise🌅 sunny☀️
crescent_moon🌙 snowflake❄️ umbrella☔ palm_tree🌴 seedling🌱 herb🌿 deciduous_tree🌳 rocket🚀 airplane✈️ car🚗 house🏠 office🏢
factory🏭 bank🏦 hospital🏥 school🏫 globe_with_meridians🌐 earth_africa🌍 phone☎️ telephone_receiver📞 iphone📱 email📧 envelope✉️
incoming_envelope📨 inbox_tray📥 outbox_tray📤 package📦 memo📝 pencil✏️ pencil2✏️ clipboard📋 page_facing_up📄 file_folder📁
bar_chart📊 chart_with_upwards_trend📈 chart_with_downwards_trend📉 mag🔍 mag_right🔎 lock🔒 unlock🔓 key🔑 link🔗 paperclip📎
pushpin📌 round_pushpin📍 scissors✂️ wastebasket🗑️ gear⚙️ wrench🔧 hammer🔨 hammer_and_wrench🛠️ robot_face🤖 moneybag💰 dollar💵
euro💶 credit_card💳 gift🎁 dart🎯 game_die🎲 art🎨 microphone🎤 headphones🎧 coffee☕ tea🍵 pizza🍕 cake🍰 beer🍺 speech_balloon💬
thought_balloon💭 busts_in_silhouette👥 bust_in_silhouette👤 man_office_worker👨‍💼 woman_office_worker👩‍💼 raising_hand🙋 shrug🤷
snail🐌 turtle🐢 hatching_chick🐣 ghost👻 100💯 checkered_flag🏁 triangular_flag_on_post🚩 ladder🪜
dove_of_peace🕊️ scales⚖️ white_flag🏳️ crystal_ball🔮 compass🧭 magnet🧲 fishing_pole_and_fish🎣 ocean🌊 mountain⛰️
`;

const KNOWN = new Map();
for (const entry of TABLE.replace("information_source ", "information_source").trim().split(/\s+/)) {
  const found = /^([+\-a-z0-9_]+?)(\p{Extended_Pictographic}.*)$/u.exec(entry);
  if (found) KNOWN.set(found[1], found[2]);
}
for (const [name, sign] of [["one", "1️⃣"], ["two", "2️⃣"], ["three", "3️⃣"], ["four", "4️⃣"], ["five", "5️⃣"]]) KNOWN.set(name, sign);

/** Without a font for them emoji are boxes; then the shortcode says more. */
function canDraw() {
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const pixels = (text) => {
    paint.clearRect(0, 0, 40, 40);
    paint.font = "24px sans-serif";
    paint.fillText(text, 4, 28);
    return paint.getImageData(0, 0, 40, 40).data.join();
  };
  return pixels("🔥") !== pixels("🎯");
}

const drawable = canDraw();

export const emoji = (name) => (drawable ? KNOWN.get(name.split("::")[0]) : undefined);
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+)(?:::skin-tone-\d)?:/g, (code, name) => emoji(name) ?? code);
