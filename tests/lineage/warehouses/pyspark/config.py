DB = "dw"
OUT = DB + ".city_stat"
