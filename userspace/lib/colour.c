// SPDX-License-Identifier: MIT
/*
 * Names of what a colour description is made of.
 */
#include "kinora.h"

const char *kinora_matrix_name(enum kinora_matrix matrix)
{
	switch (matrix) {
	case KINORA_MATRIX_709:
		return "BT.709";
	case KINORA_MATRIX_2020:
		return "BT.2020";
	case KINORA_MATRIX_601:
		return "BT.601";
	}
	return "unknown";
}

const char *kinora_primaries_name(enum kinora_primaries primaries)
{
	switch (primaries) {
	case KINORA_PRIMARIES_709:
		return "BT.709";
	case KINORA_PRIMARIES_2020:
		return "BT.2020";
	case KINORA_PRIMARIES_601_525:
		return "BT.601 (525 lines)";
	case KINORA_PRIMARIES_601_625:
		return "BT.601 (625 lines)";
	}
	return "unknown";
}

const char *kinora_curve_name(enum kinora_curve curve)
{
	switch (curve) {
	case KINORA_CURVE_SDR:
		return "SDR";
	case KINORA_CURVE_HLG:
		return "HLG";
	case KINORA_CURVE_PQ:
		return "PQ";
	case KINORA_CURVE_UNSPECIFIED:
		return "unspecified";
	}
	return "unknown";
}
