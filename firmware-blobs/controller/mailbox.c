// SPDX-License-Identifier: MIT
/*
 * One function for each op; each finds the request's payload and puts that of its reply into the
 * same place, and says what became of it.
 */
#include "mailbox.h"

#include <stddef.h>
#include <string.h>

#include "controller.h"
#include "hdmi.h"

#ifdef __riscv
#define BUILD "rv32imc"
#else
#define BUILD "native"
#endif
#define TEXT_(x) #x
#define TEXT(x) TEXT_(x)

/* A request on its way to its reply. */
struct request {
	const uint8_t *in;	/* payload ... */
	uint16_t in_bytes;
	uint16_t arg;
	uint8_t *out;		/* reply's payload: the same memory as in */
	uint16_t out_bytes;	/* 0 at first */
	uint16_t out_arg;	/* 0 at first */
	uint64_t now_ns;
};

static uint32_t system_read(const struct controller *controller, uint32_t reg)
{
	return hal_read(controller->hal, KINORA_CTL_SYSTEM + reg);
}

/* --- the ops --- */

static uint16_t op_identify(struct controller *controller, struct request *request)
{
	static const char text[] = "Kinora controller " TEXT(CONTROLLER_FIRMWARE_MAJOR) "."
				   TEXT(CONTROLLER_FIRMWARE_MINOR) "."
				   TEXT(CONTROLLER_FIRMWARE_PATCH) " " BUILD;

	(void)controller;
	if (request->in_bytes)
		return KINORA_MAILBOX_INVALID;
	memcpy(request->out, text, sizeof(text) - 1);
	request->out_bytes = sizeof(text) - 1;
	return KINORA_MAILBOX_OK;
}

static uint16_t op_edid_get(struct controller *controller, struct request *request)
{
	if (request->in_bytes)
		return KINORA_MAILBOX_INVALID;
	request->out_bytes = hdmi_edid_get(&controller->hdmi, request->out);
	return KINORA_MAILBOX_OK;
}

static uint16_t op_edid_set(struct controller *controller, struct request *request)
{
	return hdmi_edid_set(&controller->hdmi, request->in, request->in_bytes, request->now_ns);
}

static uint16_t op_cec_config(struct controller *controller, struct request *request)
{
	struct kinora_cec_config config;

	if (request->in_bytes != sizeof(config))
		return KINORA_MAILBOX_INVALID;
	memcpy(&config, request->in, sizeof(config));
	return hdmi_cec_config(&controller->hdmi, &config);
}

static uint16_t op_cec_transmit(struct controller *controller, struct request *request)
{
	struct kinora_cec_message message;

	if (request->in_bytes != sizeof(message))
		return KINORA_MAILBOX_INVALID;
	memcpy(&message, request->in, sizeof(message));
	return hdmi_cec_transmit(&controller->hdmi, &message, request->now_ns);
}

static uint16_t op_cec_events(struct controller *controller, struct request *request)
{
	const unsigned int max = KINORA_MAILBOX_PAYLOAD / sizeof(struct kinora_cec_message);

	if (request->in_bytes)
		return KINORA_MAILBOX_INVALID;
	request->out_bytes = sizeof(struct kinora_cec_message) *
			     hdmi_cec_events(&controller->hdmi, (void *)request->out, max);
	return KINORA_MAILBOX_OK;
}

static uint16_t op_infoframes(struct controller *controller, struct request *request)
{
	if (request->in_bytes)
		return KINORA_MAILBOX_INVALID;
	request->out_bytes = hdmi_infoframes(&controller->hdmi, request->out,
					     KINORA_MAILBOX_PAYLOAD);
	return KINORA_MAILBOX_OK;
}

static uint16_t op_log(struct controller *controller, struct request *request)
{
	const unsigned int max = KINORA_MAILBOX_PAYLOAD / sizeof(struct kinora_log);
	uint32_t first;

	if (request->in_bytes != sizeof(first))
		return KINORA_MAILBOX_INVALID;
	memcpy(&first, request->in, sizeof(first));
	request->out_bytes = sizeof(struct kinora_log) *
			     log_read(&controller->log, first, (void *)request->out, max);
	return KINORA_MAILBOX_OK;
}

static uint16_t op_mapping_set(struct controller *controller, struct request *request)
{
	uint8_t order = request->in_bytes ? request->in[0] : 0;

	if (request->arg > KINORA_MAPPING_SQD || request->in_bytes > sizeof(order) ||
	    (request->in_bytes && !detect_order_valid(order)))
		return KINORA_MAILBOX_INVALID;
	controller->detect.mapping = request->arg;
	controller->detect.order = order;
	log_add(&controller->log, request->now_ns, KINORA_CONN_SDI_QUAD, KINORA_LOG_MAPPING,
		request->arg, order);
	return KINORA_MAILBOX_OK;
}

static uint16_t op_mapping_get(struct controller *controller, struct request *request)
{
	if (request->in_bytes)
		return KINORA_MAILBOX_INVALID;
	request->out_arg = controller->detect.mapping;
	request->out[0] = controller->detect.order;
	request->out_bytes = 1;
	return KINORA_MAILBOX_OK;
}

/* By KINORA_OP_*. */
static uint16_t (*const ops[])(struct controller *controller, struct request *request) = {
	[KINORA_OP_IDENTIFY] = op_identify,
	[KINORA_OP_EDID_GET] = op_edid_get,
	[KINORA_OP_EDID_SET] = op_edid_set,
	[KINORA_OP_CEC_CONFIG] = op_cec_config,
	[KINORA_OP_CEC_TRANSMIT] = op_cec_transmit,
	[KINORA_OP_CEC_EVENTS] = op_cec_events,
	[KINORA_OP_INFOFRAMES] = op_infoframes,
	[KINORA_OP_LOG] = op_log,
	[KINORA_OP_MAPPING_SET] = op_mapping_set,
	[KINORA_OP_MAPPING_GET] = op_mapping_get,
};

/* --- the window --- */

static void window_read(const struct controller_hal *hal, uint8_t *window)
{
	for (unsigned int at = 0; at < KINORA_MAILBOX_BYTES; at += 4) {
		uint32_t word = hal_read(hal, KINORA_CTL_MAILBOX + at);

		memcpy(window + at, &word, sizeof(word));
	}
}

static void window_write(const struct controller_hal *hal, const uint8_t *window,
			 unsigned int bytes)
{
	for (unsigned int at = 0; at < bytes; at += 4) {
		uint32_t word;

		memcpy(&word, window + at, sizeof(word));
		hal_write(hal, KINORA_CTL_MAILBOX + at, word);
	}
}

static void serve(struct controller *controller, uint64_t now_ns)
{
	uint8_t *window = controller->mailbox.window;
	struct kinora_mailbox head;
	struct request request = { .now_ns = now_ns };

	window_read(controller->hal, window);
	memcpy(&head, window, sizeof(head));
	request.out = window + sizeof(head);
	request.in = request.out;
	request.in_bytes = head.length;
	request.arg = head.arg;
	head.status = KINORA_MAILBOX_UNKNOWN;
	if (head.op < sizeof(ops) / sizeof(ops[0]) && ops[head.op])
		head.status = head.length > KINORA_MAILBOX_PAYLOAD ?
				      KINORA_MAILBOX_INVALID : ops[head.op](controller, &request);
	if (head.status != KINORA_MAILBOX_OK) {
		request.out_bytes = 0;
		request.out_arg = 0;
	}
	head.length = request.out_bytes;
	head.arg = request.out_arg;
	memcpy(window, &head, sizeof(head));
	window_write(controller->hal, window, sizeof(head) + head.length);
}

void mailbox_poll(struct controller *controller, uint64_t now_ns)
{
	uint32_t number = system_read(controller, KINORA_SYS_REQUEST);

	if (!number || number == system_read(controller, KINORA_SYS_DONE))
		return;
	serve(controller, now_ns);
	hal_write(controller->hal, KINORA_CTL_SYSTEM + KINORA_SYS_DONE, number);
}
