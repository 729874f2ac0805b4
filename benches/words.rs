//! The words of invented candidates: topics, titles, names, places. No creator is meant.

/// What a creator talks about, in both languages.
pub(super) struct Topic {
    pub(super) tags: [&'static str; 2],
    pub(super) words: [&'static str; 6],
    pub(super) english_tag: &'static str,
    pub(super) english_words: [&'static str; 4],
    /// Usual share of women among the followers, in per cent.
    pub(super) women: f64,
}

const fn topic(tags: [&'static str; 2], words: [&'static str; 6], english_tag: &'static str, english_words: [&'static str; 4], women: f64) -> Topic {
    Topic { tags, words, english_tag, english_words, women }
}

#[rustfmt::skip]
pub(super) const TOPICS: [Topic; 12] = [
    topic(["母婴(辅食)", "母婴亲子"], ["辅食", "宝宝零食", "米粉", "手指食物", "辅食机", "宝宝餐"], "Baby food", ["baby food", "weaning", "toddler lunch", "baby led weaning"], 84.0),
    topic(["母婴(育儿)", "育儿经验"], ["育儿", "早教", "哄睡", "绘本", "带娃", "幼小衔接"], "Parenting", ["parenting", "bedtime", "toddlers", "newborn"], 80.0),
    topic(["美妆(护肤)", "护肤保养"], ["护肤", "面霜", "防晒", "精华", "敏感肌", "面膜"], "Beauty", ["skincare", "sunscreen", "serum", "sensitive skin"], 82.0),
    topic(["美妆(彩妆)", "美妆"], ["口红", "粉底液", "眼影", "通勤妆", "腮红", "新手化妆"], "Makeup", ["makeup", "lipstick", "foundation", "eyeshadow"], 86.0),
    topic(["美食(菜谱)", "美食教程"], ["家常菜", "早餐", "空气炸锅", "快手菜", "煲汤", "便当"], "Food", ["recipes", "breakfast", "air fryer", "meal prep"], 64.0),
    topic(["美食(探店)", "美食探店"], ["探店", "火锅", "咖啡店", "夜市", "面馆", "自助餐"], "Restaurants", ["street food", "coffee shops", "noodles", "brunch"], 58.0),
    topic(["时尚(穿搭)", "穿搭"], ["穿搭", "通勤", "小个子", "外套", "针织衫", "牛仔裤"], "Fashion", ["outfits", "knitwear", "denim", "office wear"], 78.0),
    topic(["家居家装", "家居(收纳)"], ["收纳", "装修", "租房改造", "厨房", "清洁", "绿植"], "Home", ["tidying", "small kitchens", "rented flats", "house plants"], 66.0),
    topic(["运动健身", "健身减脂"], ["跑步", "瑜伽", "减脂餐", "力量训练", "跑鞋", "越野跑"], "Fitness", ["trail running", "yoga", "strength training", "running shoes"], 47.0),
    topic(["出行旅游", "旅游攻略"], ["徒步", "自驾", "民宿", "海岛", "亲子游", "露营"], "Travel", ["hiking", "road trips", "islands", "camping"], 55.0),
    topic(["科技数码", "数码"], ["手机", "耳机", "相机", "平板", "键盘", "智能家居"], "Tech", ["phones", "headphones", "cameras", "keyboards"], 24.0),
    topic(["萌宠", "宠物"], ["猫粮", "布偶猫", "遛狗", "宠物用品", "冻干", "驱虫"], "Pets", ["cat food", "puppies", "dog walks", "pet care"], 68.0),
];

/// What stands before and after a topic's word in a title.
#[rustfmt::skip]
pub(super) const TITLES: [(&str, &str); 10] = [
    ("", "怎么选？"), ("3款", "实测对比"), ("新手必看的", "清单"), ("聊聊", "的坑"), ("第一次试", "，真香"),
    ("一周", "记录"), ("", "避雷指南"), ("花了半年研究", ""), ("平价", "合集"), ("", "干货分享"),
];
#[rustfmt::skip]
pub(super) const ENGLISH_TITLES: [(&str, &str); 8] = [
    ("my honest ", " review"), ("5 ", " ideas for busy weeks"), ("how I choose ", ""), ("", ", what I wish I knew"),
    ("testing ", " so you don't have to"), ("a beginner's guide to ", ""), ("", " on a budget"), ("why I stopped buying ", ""),
];
pub(super) const PERSONS: [&str; 10] = ["二胎妈妈", "上班族", "前儿科护士", "设计师", "研究生", "十年从业", "全职妈妈", "營養師媽媽", "95后", "普通人"];
pub(super) const PROMISES: [&str; 8] = ["只写自己用过的", "每周更新", "合作请私信", "记录日常", "不接硬广", "干货为主", "认真测评", "欢迎来玩"];
pub(super) const ENGLISH_PERSONS: [&str; 6] = ["mum of two", "nurse", "weekend runner", "designer", "ex-chef", "student"];
pub(super) const ENGLISH_PROMISES: [&str; 5] = ["honest reviews", "new posts weekly", "no ads", "DM for collabs", "slow living"];
pub(super) const NAMES: [&str; 12] = ["小满", "阿桃", "团子", "木木", "栗子", "七七", "大鱼", "南风", "麦芽", "可可", "青柠", "豆包"];
pub(super) const NAME_ENDS: [&str; 8] = ["妈妈", "日记", "测评室", "爱吃饭", "的小屋", "同学", "不加班", "研究所"];
pub(super) const ENGLISH_NAMES: [&str; 8] = ["Maya", "Fern", "Otis", "Juno", "Wren", "Theo", "Isla", "Bram"];
pub(super) const ENGLISH_NAME_ENDS: [&str; 6] = ["Eats", "Outside", "at Home", "Daily", "Tries It", "& Co"];
pub(super) const AGENCIES: [&str; 6] = ["无机构", "无机构", "云上传媒", "青橙文化", "小岛互娱", "Northlight"];
pub(super) const BADGES: [&str; 4] = ["育儿博主", "美食博主", "健康管理师", "数码测评人"];
pub(super) const CITIES: [&str; 8] = ["浙江 杭州", "上海", "广东 深圳", "北京", "四川 成都", "江苏 苏州", "湖北 武汉", "福建"];
pub(super) const COUNTRIES: [&str; 6] = ["US", "GB", "IE", "DE", "AU", "CA"];
pub(super) const PROVINCES: [&str; 10] = ["广东", "江苏", "浙江", "山东", "上海", "四川", "河南", "湖北", "北京", "福建"];
