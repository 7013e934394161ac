// SPDX-License-Identifier: MIT
/*
 * The message of the last failure, one per thread, and the library's version.
 */
#include <stdarg.h>
#include <stdio.h>

#include "error.h"
#include "kinora.h"

static _Thread_local char message[512] = "no error";

int kinora_fail(int error, const char *format, ...)
{
	va_list args;
	char text[sizeof(message)];	/* the arguments may hold the old message */

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(message, sizeof(message), "%s", text);
	return error;
}

const char *kinora_error(void)
{
	return message;
}

const char *kinora_version(void)
{
	return KINORA_VERSION;
}
