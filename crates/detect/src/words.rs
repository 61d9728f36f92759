//! Words and endings by which Chinese text is read.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A list of words that can be asked quickly whether one stands at, or before, a place in a text.
pub(crate) struct Words {
    list: Vec<Vec<char>>,
    /// One bit per first and per last character, by its low ten bits: most places are ruled out by one look.
    heads: [u64; 16],
    tails: [u64; 16],
}

impl Words {
    fn new(list: &[&str]) -> Self {
        let mut list: Vec<Vec<char>> = list.iter().map(|w| w.chars().collect()).collect();
        list.sort_by_key(|w| std::cmp::Reverse(w.len()));
        let mut heads = [0; 16];
        let mut tails = [0; 16];
        for w in &list {
            if let (Some(&a), Some(&z)) = (w.first(), w.last()) {
                heads[slot(a).0] |= slot(a).1;
                tails[slot(z).0] |= slot(z).1;
            }
        }
        Self { list, heads, tails }
    }

    /// Length of the longest word at the front of a text, 0 when there is none.
    #[inline]
    pub(crate) fn at(&self, text: &[char]) -> usize {
        match text.first() {
            Some(&c) if self.heads[slot(c).0] & slot(c).1 != 0 => {
                self.list.iter().find(|w| text.starts_with(w)).map_or(0, Vec::len)
            }
            _ => 0,
        }
    }

    /// Length of the longest word at the end of a text, 0 when there is none. An English word must begin where a word begins.
    #[inline]
    pub(crate) fn before(&self, text: &[char]) -> usize {
        match text.last() {
            Some(&c) if self.tails[slot(c).0] & slot(c).1 != 0 => self
                .list
                .iter()
                .find(|w| {
                    text.ends_with(w) && {
                        let start = text.len() - w.len();
                        !(w[0].is_ascii_alphabetic() && start > 0 && text[start - 1].is_ascii_alphanumeric())
                    }
                })
                .map_or(0, Vec::len),
            _ => 0,
        }
    }

    /// The last characters of the words.
    pub(crate) fn last_chars(&self) -> impl Iterator<Item = char> {
        self.list.iter().filter_map(|w| w.last().copied())
    }
}

#[inline]
fn slot(c: char) -> (usize, u64) {
    let low = c as usize & 1023;
    (low / 64, 1 << (low % 64))
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $list:expr;)*) => {
        $($(#[$doc])* pub(crate) static $name: LazyLock<Words> = LazyLock::new(|| Words::new($list));)*
    };
}

words! {
    /// Endings of names of diseases and conditions.
    DISEASE_ENDINGS: &[
    "病",
    "症",
    "炎",
    "癌",
    "瘤",
    "溃疡",
    "结节",
    "综合征",
    "结石",
    "骨折",
    "梗死",
    "梗塞",
    "心梗",
    "脑梗",
    "衰竭",
    "出血",
    "硬化",
    "感染",
    "贫血",
    "高血压",
    "低血压",
    "哮喘",
    "中风",
    "抑郁",
    "焦虑",
    "过敏",
    "肺炎",
    "感冒",
    "发热",
    "痛风",
    "癫痫",
    "痴呆",
    "高血脂",
    "白内障",
    "青光眼",
    "囊肿",
    "息肉",
    "增生",
    "心绞痛",
    "早搏",
    "房颤",
    "中毒",
    "疱疹",
    "湿疹",
    "荨麻疹",
    "皮疹",
    "肿瘤",
    "白血病",
    "艾滋",
    "梅毒",
    "脑卒中",
    "脱位",
    "扭伤",
    "挫伤",
    "烧伤",
    "耳聋",
    "失明",
    "流产",
    "不孕",
    "障碍",
    "狭窄",
    "肥大",
    "积液",
    "水肿",
    "脂肪肝",
    "疼痛",
    "头痛",
    "腹痛",
    "腹泻",
    "呕吐",
    "眩晕",
    "失眠",
    "痔疮",
    "疝气",
    "疝",
    "静脉曲张",
];
}

/// English endings and words of diseases, lower case.
pub(crate) const DISEASE_ENGLISH: &[&str] = &[
    "itis",
    "osis",
    "emia",
    "aemia",
    "oma",
    "pathy",
    "algia",
    "disease",
    "syndrome",
    "cancer",
    "carcinoma",
    "diabetes",
    "hypertension",
    "asthma",
    "infection",
    "fracture",
    "disorder",
    "failure",
    "stroke",
    "tumor",
    "tumour",
    "ulcer",
    "rash",
    "headache",
    "nausea",
    "fever",
    "pneumonia",
    "depression",
    "allergy",
    "pruritus",
    "erythema",
    "vomiting",
    "dizziness",
    "diarrhoea",
    "diarrhea",
    "fatigue",
    "cough",
    "anxiety",
    "insomnia",
];

words! {
    /// Endings of names of hospitals.
    HOSPITAL_ENDINGS: &[
    "医院",
    "卫生院",
    "诊所",
    "卫生服务中心",
    "保健院",
    "疗养院",
    "医疗中心",
    "医务室",
    "卫生所",
    "门诊部",
    "疾控中心",
];
}

words! {
    /// Endings of names of other organisations.
    ORG_ENDINGS: &[
    "公司",
    "集团",
    "银行",
    "支行",
    "分行",
    "大学",
    "学院",
    "中学",
    "小学",
    "事务所",
    "研究院",
    "研究所",
    "合作社",
    "信用社",
    "联社",
    "厂",
    "委员会",
    "管理局",
    "基金会",
    "协会",
    "商行",
    "经营部",
    "工作室",
    "药房",
    "酒店",
    "出版社",
    "保险",
    "证券",
];
}

words! {
    /// Words after which a number is that of a thing: an order, a parcel, a batch.
    THINGS: &[
    "订单",
    "订单号",
    "订单编号",
    "单号",
    "运单号",
    "运单",
    "快递",
    "快递单号",
    "物流单号",
    "批次",
    "批次号",
    "批号",
    "型号",
    "合同编号",
    "合同号",
    "流水号",
    "流水",
    "发票号",
    "发票",
    "序列号",
    "货号",
    "积分",
    "里程",
    "编码",
    "工单",
    "工单号",
    "编号",
    "票号",
    "SKU",
    "sku",
    "LOT",
    "lot",
    "order",
    "Order",
    "order no",
    "Order No",
    "tracking",
    "Tracking",
    "tracking no",
    "waybill",
    "Waybill",
    "batch",
    "Batch",
    "invoice",
    "Invoice",
    "serial",
    "Serial",
    "S/N",
    "SN",
    "ref",
    "Ref",
    "ref no",
    "reference",
    "ticket",
    "Ticket",
    "PO",
    "model",
    "Model",
    "no",
    "No",
    "number",
    "order number",
    "tracking number",
    "parcel",
    "条码",
    "版本",
    "版本号",
    "保单号",
    "保单",
    "交易号",
    "凭证号",
    "提单号",
    "箱号",
    "资产编号",
    "设备编号",
    "件号",
    "零件号",
];
}

words! {
    /// Words before a landline number.
    PHONE_WORDS: &[
    "电话",
    "座机",
    "固话",
    "固定电话",
    "传真",
    "tel",
    "Tel",
    "TEL",
    "phone",
    "Phone",
    "fax",
    "Fax",
    "联系方式",
    "热线",
    "致电",
    "拨打",
    "call",
    "Call",
];
}

words! {
    /// Words before a card number.
    CARD_WORDS: &[
    "卡",
    "卡号",
    "银行卡",
    "账号",
    "帐号",
    "账户",
    "银行卡号",
    "card",
    "Card",
    "card no",
    "account",
    "Account",
    "尾号",
    "储蓄卡",
    "信用卡",
    "IBAN",
];
}

words! {
    /// Words before a passport or permit number.
    PASSPORT_WORDS: &[
    "护照",
    "护照号",
    "护照号码",
    "passport",
    "Passport",
    "PASSPORT",
    "passport no",
    "Passport No",
    "证件号",
    "证件号码",
    "证件",
    "护照编号",
    "持护照",
];
}

words! {
    /// Words before a permit of residents of Hong Kong, Macao or Taiwan.
    PERMIT_WORDS: &["通行证", "通行证号", "回乡证", "台胞证", "居住证", "通行证号码"];
}

words! {
    /// Words before a medical record number.
    RECORD_WORDS: &[
    "病历号",
    "病案号",
    "住院号",
    "门诊号",
    "就诊号",
    "就诊卡号",
    "登记号",
    "MRN",
    "mrn",
    "medical record no",
    "Medical record no",
    "chart no",
    "病历",
    "住院编号",
    "病历编号",
];
}

words! {
    /// Words before a booking reference.
    PNR_WORDS: &[
    "PNR",
    "pnr",
    "订座",
    "订座编号",
    "订座记录",
    "记录编号",
    "record locator",
    "Record locator",
    "booking reference",
    "Booking reference",
    "预订编号",
    "预订号",
    "locator",
];
}

words! {
    /// Words before the number of a case report.
    CASE_WORDS: &[
    "病例编号",
    "病例号",
    "报告编号",
    "个案编号",
    "case id",
    "Case ID",
    "case no",
    "Case No",
    "case number",
    "Case number",
];
}

words! {
    /// Words before an IMEI.
    IMEI_WORDS: &["IMEI", "imei", "串号", "设备号", "设备识别码"];
}

words! {
    /// Words and marks before a birth date.
    BIRTH_WORDS: &[
    "出生",
    "出生日期",
    "生日",
    "生于",
    "出生于",
    "出生年月",
    "出生年月日",
    "DOB",
    "dob",
    "born",
    "Born",
    "born on",
    "birth",
    "date of birth",
    "Date of birth",
    "birthday",
];
}

words! {
    /// Words before a position.
    GEO_WORDS: &[
    "坐标",
    "经度",
    "纬度",
    "位置",
    "定位",
    "经纬度",
    "lon",
    "lat",
    "lng",
    "longitude",
    "latitude",
    "GPS",
    "gps",
    "东经",
    "北纬",
    "位于",
];
}

words! {
    /// Words before a person's name.
    BEFORE_NAME: &["客户", "姓名", "患者", "病人", "收件人", "收货人", "寄件人", "发件人", "联系人", "紧急联系人", "车主", "驾驶人", "驾驶员", "司机", "法定代表人", "法人", "代表人", "医师", "主治医师", "医生", "主任", "员工", "职工", "旅客", "乘客", "授权人", "持卡人", "登记姓名", "经办人", "申请人", "投保人", "被保险人", "受益人", "监护人", "家属", "父亲", "母亲", "配偶", "妻子", "丈夫", "儿子", "女儿", "同事", "经理", "受试者", "投诉人", "会员", "用户", "学生", "老师", "护士", "报告人", "报告者", "委托人", "代理人", "担保人", "借款人", "开户人", "户名", "户主", "房东", "租客", "买家", "卖家", "本人", "联系", "通知", "转告", "陪护", "买家", "接待", "由", "与", "和", "请", "给", "叫", "为", "是", "及", "跟", "同", "向", "找", "告知", "机主", "机主姓名", "当事人", "原告", "被告", "证人", "签收人", "收款人", "付款人", "研究者", "参会人", "候选人", "负责人", "审核人", "Customer", "customer", "Patient", "patient", "Dear", "Mr", "Mrs", "Ms", "Dr", "Mr.", "Mrs.", "Ms.", "Dr.", "name", "Name", "contact", "Contact", "Passenger", "passenger", "subject", "with", "by", "to", "for", "抄送", "发给", "寄给", "交给", "转给", "客服", "专员", "主管", "院长", "所长", "局长", "总经理", "董事长", "店长", "导游", "教练", "舅舅", "哥哥", "姐姐", "弟弟", "妹妹", "爱人", "子女", "亲属", "陪同人", "随行人", "同行人", "的", "对", "被", "帮", "替", "让", "将", "把", "致", "持有人", "报案人", "受害人", "嫌疑人", "目击者", "肇事者", "投诉者", "作者", "译者", "编辑", "主持人", "主讲人", "讲师", "候诊", "病患", "病员", "家长", "班主任", "校长", "队长", "组长", "科长", "处长", "部长", "站长", "厂长", "合伙人", "股东", "董事", "监事", "出纳", "会计", "业务员", "快递员", "配送员", "骑手", "维修员", "技师", "保安", "保洁", "前台", "秘书", "助理", "顾问", "律师", "法官", "警官", "据", "经", "收", "寄", "送"];
}

words! {
    /// Words after a person's name; those of respect weigh most and stand first.
    TITLES: &[
    "先生", "女士", "小姐", "医生", "医师", "主任", "老师", "同学", "经理", "教授", "护士", "阿姨", "叔叔", "师傅",
    "总监", "总",
];
}

words! {
    /// Other words after a person's name.
    AFTER_NAME: &["来电", "到店", "申请", "代收", "代", "为", "与", "和", "等", "的", "已", "于", "在", "因", "电话", "手机", "男", "女", "身份证", "签收", "反馈", "表示", "要求", "一致", "护照", "办理", "预约", "投诉", "咨询", "报", "称", "说", "将", "向", "入职", "离职", "驾驶", "持", "及", "从", "经", "被", "就诊", "住院", "确诊", "患", "诊断", "出生", "名下", "本人", "asked", "called", "同意", "授权", "购买", "下单", "退货", "登记", "由", "不", "未", "需", "请", "邮箱", "地址", "住址", "住", "是", "有", "现", "自", "至", "到", "去", "给", "把", "对", "岁", "了", "处", "完成", "提交", "参加", "尾号", "银行卡", "微信", "联系", "薪资", "工资", "来函", "反映", "反应", "寄", "发来", "抄送", "拨打", "名义", "共", "曾", "之", "提出", "陪同", "领取", "到场", "出具", "回复", "回电", "致电", "负责", "确认", "续保", "理赔", "报案", "报修", "开立", "汇款", "转账", "借款", "还款", "出差", "请假", "转", "再次", "多次", "今日", "昨日", "上午", "下午", "所", "以", "用", "服用", "自述", "主诉", "入院", "出院", "因为", "等人", "一行", "均", "也", "都", "还", "又", "并", "但", "而", "若", "如", "则", "名", "该", "可", "会", "想", "认为", "希望", "领", "取", "送", "换", "买", "卖", "开", "付", "交", "缴", "拒", "乘", "搭乘", "前往", "抵达", "出行", "名片", "简历", "学历", "账户", "账号", "户口", "生日", "年龄", "性别", "您好", "你好", "签订", "签署", "出席", "代签", "代领", "代办", "驾车", "步行", "骑", "撞", "受伤", "死亡", "去世", "结婚", "离婚", "生于", "毕业", "任职", "担任", "兼任", "辞职", "调岗", "晋升", "获", "得", "应", "须", "必须", "再", "才", "刚", "正", "正在", "曾经", "手持", "携带", "携", "带", "拿", "发", "打", "打来", "留言", "回访", "取件", "取货", "提货", "领货", "验货", "验收", "开户", "销户", "挂失", "补卡", "充值", "消费", "刷卡", "支取", "存款", "取款", "名字"];
}

words! {
    /// Words before an identity number: what follows is no order or parcel.
    ID_WORDS: &["身份证", "身份证号", "证件", "证件号", "身份号", "身份", "id", "ID", "公民身份"];
}

/// Two characters that begin a word of everyday language though the first is a frequent surname.
pub(crate) static NOT_NAMES: LazyLock<HashSet<[char; 2]>> = LazyLock::new(|| {
    const LIST: &[&str] = &[
        "主治", "记录", "核实", "拜访", "接待", "值班", "陪护", "尊敬", "方式", "方法", "方案", "方面", "方向", "方便",
        "方可", "高级", "高度", "高效", "高速", "高铁", "高中", "高压", "高温", "高峰", "高于", "高新", "高血", "高端",
        "高质", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周末", "周边", "周期", "周围", "周年", "周转",
        "周岁", "马上", "马路", "马达", "何时", "何处", "何种", "何事", "陈述", "陈列", "陈旧", "黄色", "黄金", "黄昏",
        "许可", "许多", "谢谢", "谢绝", "曾经", "曾有", "曾在", "曾患", "于是", "于此", "余额", "余下", "程序", "程度",
        "任务", "任何", "任职", "任意", "陆续", "陆运", "范围", "范本", "石油", "石头", "金额", "金卡", "金融", "金属",
        "金牌", "金币", "夏天", "夏季", "付款", "付费", "付清", "付出", "付给", "白色", "白天", "白条", "陶瓷", "毛病",
        "毛利", "顾客", "顾问", "万元", "万一", "钱款", "钱包", "严重", "严格", "严禁", "常用", "常见", "常规", "常住",
        "安全", "安装", "安排", "安静", "易碎", "易损", "温度", "温馨", "关系", "关于", "关闭", "关注", "关机", "时间",
        "时候", "时效", "单号", "单价", "单位", "单次", "单元", "成功", "成本", "成员", "成立", "成人", "车辆", "车主",
        "车牌", "车架", "车祸", "车险", "明天", "明日", "明细", "明确", "文件", "文本", "文化", "全部", "全款", "全身",
        "全额", "平台", "平均", "平安", "解决", "解释", "解除", "解锁", "包裹", "包装", "包邮", "包含", "包括", "左右",
        "左侧", "左眼", "党员", "华为", "代收", "代办", "代表", "代理", "代为", "申请", "申诉", "申报", "支付", "支持",
        "支行", "司机", "司法", "管理", "管道", "商品", "商家", "商务", "施工", "容量", "容易", "费用", "满意", "连续",
        "连接", "尚未", "项目", "应付", "应急", "应该", "应当", "计划", "计算", "经过", "经理", "和平", "江苏", "江西",
        "山东", "山西", "海南", "河南", "河北", "湖南", "湖北", "云南", "吉林", "辽宁", "甘肃", "宁夏", "安徽", "贵州",
        "广东", "广西", "上海", "天津", "重庆", "浙江", "福建", "四川", "陕西", "青海", "西藏", "新疆", "水平", "水果",
        "农村", "农业", "路由", "路线", "路口", "强烈", "强制", "相关", "相同", "通过", "通知", "通话", "通用", "向上",
        "向下", "向右", "石家", "龙头", "段落", "雷达", "苏打", "苏州", "杭州", "郑州", "徐州", "常州", "温州", "台州",
        "兰州", "柳州", "韩国", "法国", "英国", "美国", "德国", "泰国", "印度", "俄罗", "加急", "加强", "加快", "加班",
        "加盟", "权限", "权利", "查询", "查看", "查收", "查验", "查找", "检查", "家属", "家庭", "双方", "双向", "能否",
        "能够", "能源", "信用", "信息", "信贷", "信箱", "保险", "保修", "保养", "保证", "保留", "保密", "元旦", "年龄",
        "年度", "年级", "年薪", "年检", "月薪", "日期", "日常", "生日", "生产", "生活", "老板", "老家", "老人", "同意",
        "同住", "同时", "同事", "同城", "同学", "后续", "后期", "后台", "国际", "国内", "国家", "公司", "公里", "公开",
        "公安", "公寓", "门诊", "门口", "门店", "门禁", "房屋", "房产", "房贷", "房东", "房租", "海关", "海外", "海运",
        "空运", "空调", "空腹", "胡同", "胡乱", "林业", "罗列", "郑重", "孙子", "孙女", "杨梅", "江河", "江南", "江北",
        "史上", "龙虾", "牛奶", "牛肉", "羊肉", "鱼肉", "花园", "花费", "花粉", "柏油", "水肿", "水电", "明显", "巴士",
        "伊朗", "古典", "古代", "易感", "易燃", "匡算", "都市", "都是", "都有", "充值", "充电", "充分", "丰富", "丰田",
        "别墅", "别人", "别名", "鲜花", "鲜奶", "鲜果", "贝壳", "路费", "路过", "区域", "区分", "那么", "那边", "简单",
        "简历", "简介", "饶恕", "沙发", "沙滩", "养老", "养护", "须知", "巢湖", "红色", "红包", "红酒", "游客", "游戏",
        "游泳", "权益", "后来", "益处", "越来", "越南", "师傅", "师生", "暂无", "暂时", "暂停", "有限", "有效", "有误",
        "有无", "有关", "无人", "无法", "无效", "无误", "无异", "贺卡", "贺电", "乐观", "乐园", "阳性", "阳光", "阴性",
        "阴影", "正常", "正确", "正式", "正面", "原因", "原件", "原价", "原告", "初步", "初诊", "初次", "复诊", "复查",
        "复印", "住院", "住址", "住户", "出院", "出生", "出差", "出库", "到货", "到账", "到期", "发货", "发票", "发热",
        "发烧", "改签", "改址", "改期", "退货", "退款", "退票", "换货", "补发", "补偿", "补办", "催单", "催促", "催款",
        "要求", "要尽", "请求", "请假", "请核", "请尽", "请及",
    ];
    LIST.iter().filter_map(|w| w.chars().collect::<Vec<char>>().try_into().ok()).collect()
});

words! {
    /// Units of money after a number.
    MONEY_AFTER: &["元", "万元", "块", "美元", "欧元", "人民币", "万", " 元", "RMB", " RMB", " CNY", "CNY", " USD"];
    /// Words of money before a number.
    MONEY_BEFORE: &["金额", "余额", "CNY", "USD", "RMB", "EUR"];
    /// Words of age after and before a number.
    AGE_AFTER: &["岁", "周岁", " 岁", " years old", "-year-old", " year old", " yo "];
    /// Words of age before a number.
    AGE_BEFORE: &["年龄", "age", "Age", "aged"];
    /// Words of birth after a day.
    BORN_AFTER: &["生", "出生", "生人"];
    /// Words before the number of a version.
    VERSION_WORDS: &["版本", "版本号", "version", "Version", "v", "V"];
    /// The word before a sex.
    SEX_WORDS: &["性别"];
    /// Words that begin what stands after an address.
    NEXT_FIELD: &["电话", "手机", "收件", "收货", "联系", "姓名", "邮编", "邮箱", "身份", "客户", "签收", "备注", "快递", "订单", "银行", "信用社", "为", "与", "是"];
    /// Whole endings of companies.
    COMPANY_TAILS: &["股份有限公司", "有限责任公司", "有限公司"];
    /// Words before the name of an organisation.
    BEFORE_ORG: &["抬头", "单位", "就职", "供职", "任职", "来自", "名称", "雇主", "转诊", "就诊", "开户行", "开户", "公司", "医院", "客户", "发票", "供应商"];
    /// Words before a name in Latin letters.
    BEFORE_LATIN: &["Mr", "Mrs", "Ms", "Dr", "Mr.", "Mrs.", "Ms.", "Dr.", "Patient", "patient", "Customer", "customer", "Name", "name", "Dear", "Contact", "contact", "Passenger", "passenger", "姓名", "联系人", "旅客", "乘客", "收件人", "患者", "客户"];
}
