package report

import "zhuanhua"

// regionName is the name of a place: the province, within Guangxi the city, a country of the region.
// What the tables do not hold is shown as the code, which is always right.
func regionName(r zhuanhua.Region) string {
	if r == "" {
		return ""
	}
	if name, ok := countries()[r]; ok {
		return name
	}
	province, ok := provinces()[r.Province()]
	if !ok {
		return brief(string(r), 40)
	}
	if r == r.Province() {
		return province
	}
	if city, ok := guangxiCities()[r.City()]; ok {
		return "广西" + city
	}
	return province + "（" + brief(string(r), 10) + "）"
}

func countries() map[zhuanhua.Region]string {
	return map[zhuanhua.Region]string{
		"CN": "中国", "VN": "越南", "TH": "泰国", "LA": "老挝", "KH": "柬埔寨", "MM": "缅甸", "MY": "马来西亚",
		"SG": "新加坡", "ID": "印度尼西亚", "PH": "菲律宾", "BN": "文莱", "TL": "东帝汶",
	}
}

func provinces() map[zhuanhua.Region]string {
	return map[zhuanhua.Region]string{
		"110000": "北京市", "120000": "天津市", "130000": "河北省", "140000": "山西省", "150000": "内蒙古自治区",
		"210000": "辽宁省", "220000": "吉林省", "230000": "黑龙江省",
		"310000": "上海市", "320000": "江苏省", "330000": "浙江省", "340000": "安徽省", "350000": "福建省", "360000": "江西省", "370000": "山东省",
		"410000": "河南省", "420000": "湖北省", "430000": "湖南省", "440000": "广东省", "450000": "广西壮族自治区", "460000": "海南省",
		"500000": "重庆市", "510000": "四川省", "520000": "贵州省", "530000": "云南省", "540000": "西藏自治区",
		"610000": "陕西省", "620000": "甘肃省", "630000": "青海省", "640000": "宁夏回族自治区", "650000": "新疆维吾尔自治区",
		"710000": "台湾省", "810000": "香港特别行政区", "820000": "澳门特别行政区",
	}
}

func guangxiCities() map[zhuanhua.Region]string {
	return map[zhuanhua.Region]string{
		"450100": "南宁市", "450200": "柳州市", "450300": "桂林市", "450400": "梧州市", "450500": "北海市",
		"450600": "防城港市", "450700": "钦州市", "450800": "贵港市", "450900": "玉林市", "451000": "百色市",
		"451100": "贺州市", "451200": "河池市", "451300": "来宾市", "451400": "崇左市",
	}
}
